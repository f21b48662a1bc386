// Finds the short codes that suit a set of vectors: as narrow as they can be
// without losing neighbours, for a walk takes time in proportion to their
// width.
#pragma once

#include "index/reduction.h"
#include "index/vector_set.h"

#include <cstddef>

namespace imsearch {

/// From fewer rows than this nothing is projected: they say too little of the
/// rows to come.
inline constexpr std::size_t kLeastFitted = 2000;

/// The share of true neighbours that short codes must find.
inline constexpr double kEnoughFound = 0.995;

/// Chooses the narrowest projection that finds the neighbours: the least number
/// of principal components, in multiples of 64, with which at least 99.5 % of
/// the true 10 nearest of 1,000 rows are among the 32 best by their codes
/// (quantizer_evaluation.h); or 99.5 % of those that the vectors' own values
/// find, if that is less.
///
/// Takes the vectors' own values instead, where a projection would need more
/// than half of dim or 512 components, where dim is above 4096, or if there are
/// fewer than kLeastFitted rows. Mean and components come from some 8,000 rows
/// spread over the set. Takes some 200 MB of memory at most. The result does
/// not depend on the number of threads (0: all). Throws Error on NaN in a row;
/// Interrupted.
Reduction fit_reduction(const VectorSet& vectors, unsigned threads);

}  // namespace imsearch
