#include "eval_recall/local.h"

#include <memory>

namespace imsearch {

Searching LocalRecall::searching(
    unsigned threads,
    const std::function<Hits(Searcher&, std::size_t query)>& search) const {
  const auto searchers = std::make_shared<std::vector<Searcher>>();
  for (unsigned t = 0; t < threads; ++t) searchers->emplace_back(*index_);
  return [search, searchers](std::size_t query, unsigned thread) {
    return search((*searchers)[thread], query);
  };
}

Searching LocalRecall::exactly(unsigned threads) const {
  return searching(threads, [this](Searcher& searcher, std::size_t query) {
    return searcher.search_exactly(queries_->unit.row(query), search_.k,
                                   queries_->left_out_of(query));
  });
}

std::vector<Hits> LocalRecall::all_exactly(unsigned threads) const {
  return ask_all(exactly(threads), queries_->size(), threads);
}

Searching LocalRecall::at(std::size_t ef, unsigned threads) const {
  SearchParams params = search_;
  params.ef = ef;
  return searching(threads,
                   [this, params](Searcher& searcher, std::size_t query) {
                     return searcher.search(queries_->unit.row(query), params,
                                            queries_->left_out_of(query));
                   });
}

}  // namespace imsearch
