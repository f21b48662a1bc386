// From a finished graph to an index file.
#pragma once

#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/index.h"
#include "index/reduction.h"
#include "io/fnames.h"
#include "io/output_file.h"

#include <cstdint>

namespace imsearch {

/// Writes the index file of `graph`, which holds the rows of `coded` (nullptr
/// where there are none). Throws Error on a failed write, Interrupted on
/// SIGINT.
void write_frozen(OutputFile& out, const CodedRows& coded,
                  const Reduction& reduction, const HnswGraph* graph,
                  const Names& names, const IndexInfo& info);

/// About how large that file will be; `width`: bytes of a short code.
std::uint64_t frozen_bytes(const Names& names, const IndexInfo& info,
                           std::size_t width);

}  // namespace imsearch
