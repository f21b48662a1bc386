// Finds the short codes that suit a set of vectors.
#pragma once

#include "index/reduction.h"
#include "index/vector_set.h"

#include <cstddef>

namespace imsearch {

/// Fewer rows tell too little of what is to come.
inline constexpr std::size_t kLeastFitted = 2000;

/// The share of true neighbours that short codes must find.
inline constexpr double kEnoughFound = 0.995;

/// The least number of principal components, in multiples of 64, with which at
/// least 99.5 % of the true 10 nearest of 1,000 rows are among the 32 best by
/// their codes (quantizer_evaluation.h), or of those that are by the vectors'
/// own values; the latter where that takes more than half of dim or 512, where
/// dim is above 4096, or of fewer than kLeastFitted rows. Mean and components
/// come from some 8,000 rows spread over the set. Takes some 200 MB of memory
/// at most. The same for any number of threads (0: all). Throws Error on NaN in
/// a row; Interrupted.
Reduction fit_reduction(const VectorSet& vectors, unsigned threads);

}  // namespace imsearch
