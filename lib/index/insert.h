// Filling a graph with coded rows.
#pragma once

#include "base/progress.h"
#include "index/hnsw_graph.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// Inserts rows 0 to `count` - 1 (count > 0); `codes`: one after the other,
/// `width` bytes each. On `threads` threads (0: all). Throws Error,
/// Interrupted.
void insert_rows(HnswGraph& graph, std::size_t count, const std::int8_t* codes,
                 std::size_t width, unsigned threads,
                 const OnProgress& on_progress);

}  // namespace imsearch
