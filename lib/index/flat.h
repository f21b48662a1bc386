// Exact search: the ground truth that indexes are measured against.
//
// Distance d = |q|^2 + |x|^2 - 2 q.x in float32, every sum in the order of
// simd/kernels.h, never below 0; nearest first, ties by row. Rows are read in
// blocks and normalised once for all queries; all CPUs share the rows.
#pragma once

#include "base/matrix.h"
#include "base/search.h"
#include "index/vector_set.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace imsearch {

/// The squared distance as above, of the dot products of two vectors with
/// themselves and with each other.
float l2sq_of_dots(float aa, float bb, float ab);

/// The squared distance as above, of two unit (or zero) vectors.
float exact_l2sq(const float* a, const float* b, std::size_t dim);

/// The squared distances of one query from `count` vectors, [count, dim], into
/// `out`: the bits of the function above.
void exact_l2sq(const float* query, const float* units, std::size_t count,
                std::size_t dim, float* out);

/// The k nearest rows of each query (unit or zero vectors), fewer where the set
/// has fewer. `excluded[q]`, where given, is a row that query q must not find;
/// rows for which `skip` answers true (deleted ones; may be empty) are never
/// found. The result does not depend on the number of threads (0: all), nor on
/// which other queries there are. Throws Error: another dim, NaN in a row;
/// Interrupted.
std::vector<Hits> search_flat(
    const VectorSet& vectors, MatrixView queries, std::size_t k,
    unsigned threads,
    const std::vector<std::optional<std::uint32_t>>& excluded = {},
    const std::function<bool(std::uint32_t)>& skip = {});

}  // namespace imsearch
