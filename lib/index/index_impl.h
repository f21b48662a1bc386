// The inside of Index, for the files that implement it (index_open.cpp,
// index.cpp, verify.cpp) and those that build, change and search indexes.
#pragma once

#include "index/graph_search.h"
#include "index/index.h"
#include "index/index_changes.h"
#include "index/index_file.h"
#include "index/reduction.h"
#include "index/row_check.h"
#include "index/sq8.h"
#include "io/joined_mapping.h"
#include "io/read_ahead.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// A copy of `bytes` in anonymous memory, on huge pages where the system grants
/// them: the kernel gives mapped files none, and a walk that jumps about in
/// gigabytes of 4 KB pages looks up an address at almost every step. Aligned to
/// a page, and shared with no other process. Throws Error if memory is short.
class LoadedCopy {
 public:
  explicit LoadedCopy(std::string_view bytes);

  std::string_view bytes() const;

 private:
  struct Unmap {
    std::size_t size_bytes;
    void operator()(char* memory) const;
  };
  std::unique_ptr<char, Unmap> memory_{nullptr, Unmap{0}};
};

struct Index::Impl {
  Impl(const std::string& path, IndexAccess access);
  Impl(IndexFiles files, IndexAccess access);

  IndexFile file;
  std::optional<IndexFile> changes;  // of it; views show what they make of it
  bool foreign_changes = false;      // beside it, and not taken in
  std::vector<JoinedMapping> joined;
  IndexInfo info;
  std::vector<LoadedCopy> loaded;  // what view sees with IndexAccess::kLoaded
  GraphView view;
  ReductionView reduction;
  CodesView codes;
  const CodeErrors* errors = nullptr;
  std::string_view deleted;  // bits, or empty
  std::string changed_bits;  // what `deleted` sees where changes say more
  std::size_t deleted_count = 0;
  std::string_view names;  // of rows before first_changed_name
  const std::uint64_t* name_ends = nullptr;
  std::size_t first_changed_name = 0;  // rows if there is none
  std::string_view changed_names;
  const std::uint64_t* changed_name_ends = nullptr;
  std::optional<VectorSet> vectors;
  std::string why_no_vectors;
  std::size_t rows_behind = 0;
  /// Told by what reads them. Empty where memory has room for index and
  /// vectors; of the index also where it has room for that alone.
  ReadingOrder index_pages;
  ReadingOrder vector_pages;
  void expect_walks() const;
  void expect_scans() const;   // of codes, and single rows of vectors
  void expect_checks() const;  // of all rows, with their codes
  /// The states of the vectors files when all their rows were known to be those
  /// that were indexed; empty before. Guarded by good_mutex.
  mutable std::vector<FileState> good_states;
  mutable std::mutex good_mutex;

  /// Of the index as it is changed.
  const IndexHeader& header() const {
    return changes ? changes->header() : file.header();
  }
  /// The bytes of a row's name. The row must be one of the index; throws Error
  /// if the file is damaged there.
  std::string_view name(std::uint32_t row) const;

  std::vector<std::string> source_paths() const;
  CertifiedCodes certified() const {
    return {codes, errors, view.reduced, reduction};
  }

 private:
  std::string_view hot_section(std::string_view name, std::uint64_t size_bytes,
                               IndexAccess access);
  std::string_view changed_section(std::string_view name,
                                   std::uint64_t size_bytes);
  bool is_changed(std::string_view name) const;
  void replace_lists(std::string_view changes_name, std::size_t base_bytes,
                     std::size_t list_bytes, JoinedMapping& lists) const;
  void read_changes();
  void mark_changed_deletions();
  void read_info();
  void read_codes(IndexAccess access);
  void read_graph(IndexAccess access);
  void read_deleted();
  void read_names();
  void open_vectors();
  void read_good_states();
  void plan_reading(IndexAccess access);
};

}  // namespace imsearch
