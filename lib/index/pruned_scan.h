// Exact search without comparing every query with every row.
//
// Codes give bounds. With short codes (reduction.h) and their errors e,
//   |q - x| >= |code q - code x| / gain - e(q) - e(x),
// and 8-bit codes give narrower ones (code_bounds.h). A row whose lower bound
// lies beyond the k-th least upper bound is not among the k nearest. Short
// codes rule out most rows, 8-bit codes most of the others, and what is left is
// to be compared exactly. No row that exact search (flat.h) would find is ruled
// out, for the bounds allow for what its sums lose by rounding.
#pragma once

#include "base/row_set.h"
#include "base/search.h"
#include "index/code_bounds.h"
#include "index/graph_view.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// What a scan looks for: the `k` (> 0) nearest rows that are not hidden.
struct ScannedQuery {
  CodedQuery coded;
  std::size_t k = 0;
  IsHidden is_hidden;
};

/// One thread's memory for scans of one index (which must outlive it).
class PrunedScan {
 public:
  explicit PrunedScan(const Index::Impl& index);

  /// How many queries a scan best answers at once: codes are read from memory
  /// once for all of them.
  std::size_t queries_together() const;

  /// Of each query, all rows that may be among its k nearest, in no order.
  /// Distances are approximate. Looks at the rows of `among` alone, if given.
  std::vector<Hits> candidates(const std::vector<ScannedQuery>& queries,
                               const RowSet* among = nullptr);

 private:
  class Contest;

  std::size_t places() const;
  std::uint32_t row_at(std::size_t place) const {
    return among_ == nullptr ? static_cast<std::uint32_t>(place)
                             : among_->rows()[place];
  }
  void measure(const std::vector<ScannedQuery>& queries);
  Hits nearest_by_reduced(const ScannedQuery& query,
                          const std::int32_t* distances) const;
  void enter(const std::int32_t* distances, std::size_t first,
             std::size_t count, Contest& contest);

  const Index::Impl* index_;
  const RowSet* among_ = nullptr;        // of this scan; null: all rows
  std::vector<std::int32_t> distances_;  // [queries, places], of short codes
  std::vector<std::uint32_t> possible_;  // of one block of rows
};

}  // namespace imsearch
