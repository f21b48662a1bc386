// fvecs.bin.hnsw.index.changes: what --delete and --append of few rows have
// made of an index, in a file beside it.
//
// The index file itself stays as it is, so that a change costs what changes:
// and whoever has the index open goes on with it as it was. The file of changes
// is written whole and renamed, so that there are the old changes or the new.
// It says by a checksum which index file it changes: where that has been
// replaced, changes that a killed process left are not those of the new one,
// and count for nothing.
//
// It is an index_file.h container with a magic number of its own, and the
// header of the changed index. Its sections, where R is the rows of the index
// file and N of the changed index:
//
//   base           ChangesBase
//   reduced, codes, scales, errors, links, upper
//                  what comes behind the last whole 4096 bytes of the section
//                  of that name in the index file: the rest of that, and new
//                  rows. None of them where N is R
//   twins          in place of the section in the index file; as above
//   link_changes   n x (1 + L) uint32: a row before R, and what is now in its
//                  place in `links`; rising
//   upper_changes  n x (1 + U) uint32: the same of records of `upper`
//   deleted        n x uint32: rows that are deleted beside those of the index
//                  file, rising
//   names          bytes: those of the rows from ChangesBase::first_name on
//   name_ends      (N - first_name) uint64
//   meta           JSON: in place of that of the index file
#pragma once

#include "index/graph_growth.h"
#include "index/index.h"
#include "index/index_file.h"
#include "index/row_coder.h"
#include "io/fnames.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// Which index file is changed.
struct ChangesBase {
  std::uint64_t checksum = 0;  // IndexHeader::checksum of it
  std::uint64_t rows = 0;
  std::uint64_t first_name = 0;
  std::uint64_t reserved = 0;
};
static_assert(sizeof(ChangesBase) == 32);

/// Sections that new rows lengthen are cut at multiples of this.
inline constexpr std::uint64_t kChangesAlignment = 4096;

/// Where the changes of the index at `path` are: beside what links lead to.
std::string changes_path(const std::string& index);

struct IndexFiles {
  IndexFile base;
  std::optional<IndexFile> changes;  // of that base
  std::optional<IndexFile>
      foreign;  // instead: those beside it, of another base
};

/// Opens the index and its changes as they belong together, whoever replaces
/// them meanwhile. Throws Error as IndexFile does, and where the changes are
/// damaged.
IndexFiles open_index_files(const std::string& path);

/// Puts a new index, written to `out`, in its place, and then removes the
/// changes of the one before, which are in it. Throws Error.
void commit_index(OutputFile& out);

/// Whether changes go beside an index: one of few megabytes is as quickly
/// written anew.
bool can_have_changes(const Index& index);

/// What is to be changed.
struct IndexChange {
  const std::vector<std::uint32_t>& deleted;  // more rows
  const Names* names = nullptr;  // of all rows; nullptr: as they are
  bool renames = false;          // `names` has other ones for rows that it has
  /// The rows behind those of the index, and what they made of its graph.
  const CodedRows* rows = nullptr;
  const GraphGrowth* growth = nullptr;
  std::string meta = {};  // the section; empty: as it is
};

/// Writes the changes that the index has already and these. `index` must be the
/// newest, under a lock. Throws Error, with all as it was before; Interrupted.
void write_changes(const Index& index, const IndexChange& change);

}  // namespace imsearch
