// An index as hnswlib reads it: the graph, with the vectors in float32.
//
// The format is that of HierarchicalNSW::saveIndex() in hnswlib 0.6.2
// (unchanged up to 0.8): thirteen numbers; then for each row its links on level
// 0, its vector and its label; then for each row its links on higher levels.
// Labels are row numbers; vectors have length 1, so that the spaces "ip",
// "cosine" and "l2" all rank the same.
#pragma once

#include "index/hnsw_graph.h"
#include "index/vector_set.h"
#include "io/output_file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// Writes the rows of `vectors`; `graph` holds them all (nullptr where there
/// are none). `deleted`: rows, rising, that are marked as hnswlib's
/// markDelete() does. Throws Error on NaN in a row and on a failed write;
/// Interrupted.
void write_hnswlib(OutputFile& out, const HnswGraph* graph,
                   const VectorSet& vectors, const HnswParams& params,
                   const std::vector<std::uint32_t>& deleted);

/// Whether the regular file at `path` begins as one that is written so; other
/// files of hnswlib, with room for further rows, do not.
bool is_hnswlib_file(const std::string& path);

/// About how large the file will be: exact but for the higher levels.
std::uint64_t hnswlib_bytes(std::uint64_t rows, std::size_t dim,
                            const HnswParams& params);

}  // namespace imsearch
