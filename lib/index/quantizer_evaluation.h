// How well short codes find the true neighbours of a set's rows: the measure by
// which reduction_fit.h chooses codes.
#pragma once

#include "base/search.h"
#include "index/reduction.h"
#include "index/vector_set.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Asks 1,000 rows for their neighbours among some 10,000, spread over the set.
/// The set must outlive it.
class QuantizerEvaluation {
 public:
  /// Asks rows that are spread over those from `first_asked` on. Finds the true
  /// 10 nearest of each by exact search, on `threads` threads (0: all). Throws
  /// Error on NaN in a row; Interrupted.
  QuantizerEvaluation(const VectorSet& vectors, std::size_t first_asked,
                      unsigned threads);

  /// Adds `piece` (64 components or more) to those given before, and returns
  /// the share of the true neighbours that is among the candidates of a walk
  /// with ef 32 (GraphSearch::walk), if codes are all pieces one after the
  /// other and the walk misses nothing. Where codes put several candidates
  /// equally far and there is room for some of them, each counts in part. Does
  /// not depend on the number of threads.
  double found_with(const ReductionView& piece);

  /// Forgets the pieces.
  void start_again();

 private:
  std::size_t position_of(std::uint32_t row) const;
  std::vector<std::int32_t> distances(std::size_t query) const;
  double found_for(std::size_t query) const;

  const VectorSet* vectors_;
  unsigned threads_;
  std::vector<std::uint32_t> queries_;  // rising
  std::vector<std::uint32_t> rows_;     // judged, rising; queries too
  std::vector<Hits> neighbours_;
  struct Piece {
    std::size_t width = 0;
    std::vector<std::int8_t> codes;  // [rows_, width]
  };
  std::vector<Piece> pieces_;
};

}  // namespace imsearch
