// From a finished graph to an index file.
#pragma once

#include "index/hnsw_graph.h"
#include "index/index.h"
#include "io/file.h"
#include "io/fnames.h"

#include <cstdint>

namespace imsearch {

/// Writes the index file of `graph`, which holds info.rows rows (nullptr where
/// there are none). Throws Error on a failed write, Interrupted on SIGINT.
void write_frozen(OutputFile& out, const HnswGraph* graph, const Names& names,
                  const IndexInfo& info);

/// About how large that file will be.
std::uint64_t frozen_bytes(const Names& names, const IndexInfo& info);

}  // namespace imsearch
