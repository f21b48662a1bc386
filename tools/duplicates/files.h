// Whether files are still the images that the rows are of.
//
// What is printed may be deleted. So an image whose file is not there any more
// cannot be the one to keep, nor can one that has changed since, or that is a
// further name of a file which is another row: its deletion would be that of
// the image to keep.
#pragma once

#include "duplicates/finder.h"
#include "duplicates/library.h"

#include "archive/archive_name.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace imsearch {

/// Whether the row's image lies in an archive, so that no file is of its name.
bool is_in_archive(const Library& library, std::uint32_t row);

/// Takes extras out of the groups that are like the image to keep in their
/// first picture, but hold others besides: animations, and files of pages.
/// Copies of the same bytes stay, and groups without an extra go. Says how many
/// were taken out. Throws Interrupted.
std::size_t leave_out_several_pictures(const Library& library,
                                       std::vector<DuplicateGroup>& groups);

/// One thread. The library must outlive it.
///
/// An image in an archive may be kept, as long as it is there. It is not given
/// up by its name: see is_in_archive().
class FileCheck {
 public:
  explicit FileCheck(const Library& library) : library_(library) {}

  /// Has no row be given up that is another name of these files: of the rows
  /// that are references (one for each row of the index), those that may be the
  /// file of one of `rows` which is none. Before anything is asked.
  void keep(const std::vector<bool>& references,
            const std::vector<ImageMarks>& marks,
            const std::vector<std::uint32_t>& rows);

  /// Asked once for each row, in the order of preference. Where no name is that
  /// of a file, only names are compared.
  bool is_usable(std::uint32_t row);

  std::size_t missing() const { return missing_; }
  std::size_t changed() const { return changed_; }
  /// Newer than the vectors, where no ledger tells more.
  std::size_t newer() const { return newer_; }
  /// Further names of a file.
  std::size_t same() const { return same_; }

 private:
  using Members = std::unordered_map<std::string, FileFacts>;
  using FileId = std::pair<std::uint64_t, std::uint64_t>;  // device, inode

  bool is_first(const FileId& file, std::uint32_t row);
  bool is_usable_member(std::uint32_t row, const MemberPath& path);
  bool is_unchanged(const std::string& archive);
  const Members& members_of(const std::string& archive);

  const Library& library_;
  std::map<std::string, bool> unchanged_;   // of archives
  std::map<std::string, Members> members_;  // of archives that have changed
  std::map<FileId, std::uint32_t> seen_;
  std::unordered_map<std::string_view, std::uint32_t> seen_names_;
  std::size_t missing_ = 0;
  std::size_t changed_ = 0;
  std::size_t newer_ = 0;
  std::size_t same_ = 0;
};

}  // namespace imsearch
