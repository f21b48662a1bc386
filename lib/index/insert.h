// Filling a graph with coded rows.
#pragma once

#include "base/progress.h"
#include "index/coded_rows.h"
#include "index/hnsw_graph.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// Inserts the rows from `first` on, those before being there; on `threads`
/// threads (0: all). `on_progress` gets how many were inserted. Throws Error,
/// Interrupted.
void insert_rows(HnswGraph& graph, std::size_t first, const CodedRows& coded,
                 unsigned threads, const OnProgress& on_progress);

}  // namespace imsearch
