// Two kinds of truth behind one interface: an index file searches its own
// vectors exactly; for an index at a service the vectors that were pushed to it
// are searched here, and its hits are measured by them.
#include "eval_recall/ground_truth.h"

#include <utility>

namespace imsearch {
namespace {

class LocalTruth : public GroundTruth {
 public:
  LocalTruth(const LocalIndex& index, const QueryRows& queries, std::size_t k)
      : index_(&index), queries_(&queries) {
    params_.k = k;
    params_.exact = true;
  }

  std::vector<Hits> all(unsigned threads,
                        const OnQuery& on_query) const override {
    return QuerySessions(*index_, *queries_, params_, threads)
        .ask_all(on_query);
  }
  Searching alone(unsigned threads) const override {
    return searching_of(*index_, *queries_, params_, threads);
  }
  /// Local hits already carry exact distances.
  void compare_exactly(std::size_t, Hits&) const override {}

 private:
  const LocalIndex* index_;
  const QueryRows* queries_;
  SearchParams params_;
};

class PushedTruth : public GroundTruth {
 public:
  PushedTruth(const ServiceGroundTruth& truth, const QueryRows& queries,
              std::size_t k)
      : truth_(&truth), queries_(&queries), k_(k) {}

  /// One pass over the vectors for all queries: none is answered before others.
  std::vector<Hits> all(unsigned threads, const OnQuery&) const override {
    return truth_->search(queries_->unit.view(), k_, threads,
                          queries_->excluded);
  }
  Searching alone(unsigned threads) const override {
    return [this, threads](std::size_t query, unsigned) {
      // A matrix of one row: the same exact search as for all of them.
      const MatrixView one = {queries_->unit.row(query), 1,
                              queries_->unit.dim()};
      return std::move(
          truth_->search(one, k_, threads, {queries_->excluded_of(query)})
              .front());
    };
  }
  // A service's scores are rounded: rows that are equally near would be counted
  // as missed.
  void compare_exactly(std::size_t query, Hits& found) const override {
    truth_->compare_exactly(queries_->unit.row(query), found);
  }

 private:
  const ServiceGroundTruth* truth_;
  const QueryRows* queries_;
  std::size_t k_;
};

}  // namespace

std::unique_ptr<GroundTruth> ground_truth(const LocalIndex& index,
                                          const QueryRows& queries,
                                          std::size_t k) {
  return std::make_unique<LocalTruth>(index, queries, k);
}

std::unique_ptr<GroundTruth> ground_truth(const ServiceGroundTruth& truth,
                                          const QueryRows& queries,
                                          std::size_t k) {
  return std::make_unique<PushedTruth>(truth, queries, k);
}

std::vector<Hits> ask_all(const Searching& search, std::size_t queries,
                          unsigned threads, const OnQuery& on_query) {
  std::vector<Hits> found(queries);
  run_batch(queries, threads, [&](std::size_t query, unsigned thread) {
    found[query] = search(query, thread);
    if (on_query) on_query();
    return found[query];
  });
  return found;
}

}  // namespace imsearch
