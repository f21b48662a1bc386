// From a finished graph to an index file: its sections, in the order of
// index_file.h.
#pragma once

#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/index.h"
#include "index/index_file.h"
#include "index/reduction.h"
#include "io/fnames.h"
#include "io/output_file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// What an index is made of. Everything must outlive the call that gets it.
struct IndexParts {
  const CodedRows& coded;
  const ReductionView& reduction;
  const HnswGraph* graph;  // of these rows; nullptr where there are none
  const Names& names;
  const IndexInfo& info;
  std::string deleted;  // the section
};

/// Sets the bits of `rows` in the section `deleted` of an index that has them.
void mark_deleted(const std::vector<std::uint32_t>& rows, std::string& bits);

/// The sections `names` and `name_ends`.
void write_names(const Names& names, const Sink& sink);
void write_name_ends(const Names& names, const Sink& sink);

/// Writes the index file. Throws Error on a failed write, Interrupted on
/// SIGINT.
void write_serialized(OutputFile& out, const IndexParts& parts);

/// About how large that file will be: the levels above 0 are estimated.
std::uint64_t serialized_bytes(const Names& names, const IndexInfo& info,
                               const ReductionView& reduction);

}  // namespace imsearch
