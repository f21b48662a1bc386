#include "eval_recall/service.h"

#include "common/service_index.h"

#include <memory>
#include <utility>

namespace imsearch {

Searching ServiceRecall::exactly(unsigned threads) const {
  return [this, threads](std::size_t query, unsigned) {
    const MatrixView alone = {queries_->unit.row(query), 1,
                              queries_->unit.dim()};
    return std::move(
        truth_->search(alone, k_, threads, {queries_->left_out_of(query)})
            .front());
  };
}

std::vector<Hits> ServiceRecall::all_exactly(unsigned threads) const {
  return truth_->search(queries_->unit.view(), k_, threads,
                        queries_->leave_out);
}

Searching ServiceRecall::at(std::size_t ef, unsigned threads) const {
  const RemoteSearchParams params = {k_, ef, false, ""};
  const auto searchers = std::make_shared<std::vector<RemoteSearcher>>();
  for (unsigned t = 0; t < threads; ++t) searchers->emplace_back(*index_);
  return [this, params, searchers](std::size_t query, unsigned thread) {
    return hits_of((*searchers)[thread].search(
        queries_->unit.row(query), params, queries_->left_out_of(query)));
  };
}

void ServiceRecall::compare_exactly(std::size_t query, Hits& found) const {
  truth_->compare_exactly(queries_->unit.row(query), found);
}

}  // namespace imsearch
