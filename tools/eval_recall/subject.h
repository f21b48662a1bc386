// What eval-recall measures, wherever it is, and the exact search that it is
// measured against.
#pragma once

#include "common/query_rows.h"
#include "common/searched_index.h"

#include "base/hit.h"
#include "eval/measure.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace imsearch {

/// For one list of queries and one k. Any thread.
class RecallSubject {
 public:
  virtual ~RecallSubject() = default;

  /// Exact search, of each query alone.
  virtual Searching exactly(unsigned threads) const = 0;
  /// The same of all queries, in order.
  virtual std::vector<Hits> all_exactly(unsigned threads) const = 0;
  /// The index.
  virtual Searching at(std::size_t ef, unsigned threads) const = 0;
  /// Gives the hits that at() found for a query their exact distances.
  virtual void compare_exactly(std::size_t query, Hits& found) const = 0;
};

/// All queries' hits, in order.
std::vector<Hits> ask_all(const Searching& search, std::size_t queries,
                          unsigned threads);

}  // namespace imsearch
