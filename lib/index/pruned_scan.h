// Exact search of one query without comparing it with every row.
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

/// One thread's memory for scans of one index (which must outlive it).
class PrunedScan {
 public:
  explicit PrunedScan(const Index::Impl& index);

  /// All rows that may be among the k (> 0) nearest of those that are not
  /// hidden, in no order. Distances are approximate. Looks at the rows of
  /// `among` alone, if given.
  Hits candidates(const CodedQuery& query, std::size_t k,
                  const IsHidden& is_hidden, const RowSet* among = nullptr);

 private:
  std::uint32_t row_at(std::size_t place) const {
    return among_ == nullptr ? static_cast<std::uint32_t>(place)
                             : among_->rows()[place];
  }
  void measure(const std::int8_t* reduced_query);
  Hits nearest_by_reduced(std::size_t count, const IsHidden& is_hidden) const;

  const Index::Impl* index_;
  const RowSet* among_ = nullptr;        // of this scan; null: all rows
  std::vector<std::int32_t> distances_;  // of their short codes
};

}  // namespace imsearch
