// What recall is measured against: exact search over the vectors that an index
// was made from.
#pragma once

#include "common/query_rows.h"

#include "base/search.h"
#include "eval/measure.h"
#include "search/local_index.h"
#include "search/service_ground_truth.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace imsearch {

/// Hears that a query was answered.
using OnQuery = std::function<void()>;

/// For one list of queries and one k. Any thread.
class GroundTruth {
 public:
  virtual ~GroundTruth() = default;

  /// The nearest rows of all queries, in order. `on_query` is called after
  /// each, from any thread; may be empty.
  virtual std::vector<Hits> all(unsigned threads,
                                const OnQuery& on_query = {}) const = 0;
  /// Those of each query alone.
  virtual Searching alone(unsigned threads) const = 0;
  /// Gives the hits that the index found for a query their exact distances.
  virtual void compare_exactly(std::size_t query, Hits& found) const = 0;
};

/// What an index file was built from: needs index.index().vectors(). Index and
/// queries must outlive it.
std::unique_ptr<GroundTruth> ground_truth(const LocalIndex& index,
                                          const QueryRows& queries,
                                          std::size_t k);
/// What an index at a service was pushed from. All must outlive it.
std::unique_ptr<GroundTruth> ground_truth(const ServiceGroundTruth& truth,
                                          const QueryRows& queries,
                                          std::size_t k);

/// All queries' hits, in order; `on_query` as in GroundTruth::all().
std::vector<Hits> ask_all(const Searching& search, std::size_t queries,
                          unsigned threads, const OnQuery& on_query = {});

}  // namespace imsearch
