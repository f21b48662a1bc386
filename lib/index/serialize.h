// From a finished graph to an index file: its sections, in the order of
// index_file.h.
#pragma once

#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/index.h"
#include "index/index_file.h"
#include "index/reduction.h"
#include "index/row_coder.h"
#include "io/fnames.h"
#include "io/mapped_file.h"
#include "io/output_file.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// What an index is made of beside codes. Everything must outlive the call that
/// gets it.
struct IndexParts {
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

/// Writes an index to a regular file: the codes as they are made, then, when
/// the graph is built on them, all else. So codes need not stay in memory.
class IndexSerializer {
 public:
  /// Of rows of `dim` floats. What is given must outlive this.
  IndexSerializer(OutputFile& out, std::size_t rows, std::size_t dim,
                  const ReductionView& reduction);

  /// Writes the codes of the next rows. Throws Error on a failed write.
  void take(const CodesOfRows& codes);

  /// The short codes of all rows, which must have been taken: mapped from the
  /// file, whose pages the system may drop and read again. Valid as long as
  /// this.
  ShortCodes short_codes();

  /// Writes what is left. Throws Error on a failed write, Interrupted on
  /// SIGINT.
  void finish(const IndexParts& parts);

 private:
  OutputFile* out_;
  IndexWriter writer_;
  std::size_t rows_;
  std::size_t stride_;
  std::size_t width_;
  bool projects_;
  std::size_t reduced_;  // numbers of sections
  std::size_t codes_;
  std::size_t scales_;
  std::size_t errors_;
  std::optional<MappedFile> mapped_;
};

/// Writes the same file at once, to whatever `out` is: with all codes in
/// memory. Throws as IndexSerializer does.
void write_serialized(OutputFile& out, const IndexParts& parts,
                      const CodedRows& coded);

/// About how large that file will be: the levels above 0 are estimated.
std::uint64_t serialized_bytes(const Names& names, const IndexInfo& info,
                               const ReductionView& reduction);

}  // namespace imsearch
