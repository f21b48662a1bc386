// What is looked at: the rows of an index, and what the ledgers beside its
// vectors say of their images.
#pragma once

#include "duplicates/image_paths.h"
#include "duplicates/rule.h"
#include "index/index.h"
#include "io/ledger.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

struct Library {
  Index index;
  ImagePaths paths;
  std::vector<FileFacts> facts;  // one a row; unknown where no ledger tells
  std::vector<bool> gone;        // one a row: by the index or a ledger
  std::vector<ReadArchive> archives;  // by their paths, as they were read
  std::string why_no_ledger;          // empty: every file of vectors has one
  std::size_t hashed = 0;             // rows with a hash
  /// When each file of vectors was surely made, in ns since 1970: images that
  /// are newer may have changed since.
  std::vector<std::int64_t> made_ns;

  std::string_view name(std::uint32_t row) const { return index.name(row); }
  std::string path(std::uint32_t row) const {
    return paths.path_of(row, name(row));
  }
};

/// Opens the index and reads the ledgers. A ledger counts only where the
/// vectors are still those that were indexed: otherwise it tells of other rows.
/// Throws Error.
Library open_library(const std::string& index_path);

/// What the search for duplicates is to know of each row.
std::vector<ImageMarks> marks_of(const Library& library);

/// A number for the folder of each row's path, equal for equal folders.
std::vector<std::uint32_t> folders_of(const Library& library);

}  // namespace imsearch
