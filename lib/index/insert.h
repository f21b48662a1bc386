// Filling a graph with the rows of a set of vectors.
#pragma once

#include "base/progress.h"
#include "index/hnsw_graph.h"
#include "index/vector_set.h"

#include <cstddef>
#include <functional>

namespace imsearch {

/// Inserts rows 0 to count - 1 (count > 0) into the graph, row i with the
/// vector row_of(i), on `threads` threads (0: all). Throws Error on NaN in a
/// row; Interrupted.
void insert_rows(HnswGraph& graph, std::size_t count, const VectorSet& vectors,
                 const std::function<std::size_t(std::size_t)>& row_of,
                 unsigned threads, const OnProgress& on_progress);

}  // namespace imsearch
