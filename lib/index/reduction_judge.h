// How well short codes tell a set's true neighbours.
#pragma once

#include "base/hit.h"
#include "index/reduction.h"
#include "index/vector_set.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Asks 1,000 rows, spread over the set, for their neighbours among some
/// 10,000. The set must outlive it.
class ReductionJudge {
 public:
  /// Finds the true 10 nearest of each query by exact search, on `threads`
  /// threads (0: all). Throws Error on NaN in a row; Interrupted.
  ReductionJudge(const VectorSet& vectors, unsigned threads);

  /// The share of them that is among the 32 best by codes, these being all
  /// pieces given so far, one after the other. `piece`: 64 components or more.
  double found_with(const ReductionView& piece);

 private:
  std::size_t position_of(std::uint32_t row) const;
  std::vector<std::int32_t> distances(std::size_t query) const;
  std::size_t found_for(std::size_t query) const;

  const VectorSet* vectors_;
  unsigned threads_;
  std::vector<std::uint32_t> rows_;     // judged, rising
  std::vector<std::uint32_t> queries_;  // of them
  std::vector<Hits> neighbours_;
  struct Piece {
    std::size_t width = 0;
    std::vector<std::int8_t> codes;  // [rows_, width]
  };
  std::vector<Piece> pieces_;
};

}  // namespace imsearch
