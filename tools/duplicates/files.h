// Whether files are still the images that the rows are of.
//
// What is printed may be deleted. So an image whose file is not there any more
// cannot be the one to keep, nor can one that has changed since, or that is a
// further name of a file which is another row: its deletion would be that of
// the image to keep.
#pragma once

#include "duplicates/library.h"

#include "archive/archive_name.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace imsearch {

/// Whether the row's image lies in an archive, so that no file is of its name.
bool is_in_archive(const Library& library, std::uint32_t row);

/// One thread. The library must outlive it.
///
/// An image in an archive may be kept, as long as it is there. It is not given
/// up by its name: see is_in_archive().
class FileCheck {
 public:
  explicit FileCheck(const Library& library) : library_(library) {}

  /// Asked once for each row, in the order of preference. Where no name is that
  /// of a file, nothing is checked.
  bool is_usable(std::uint32_t row);

  std::size_t missing() const { return missing_; }
  std::size_t changed() const { return changed_; }
  /// Further names of a file.
  std::size_t same() const { return same_; }

 private:
  bool is_usable_member(std::uint32_t row, const MemberPath& path);
  bool is_unchanged(const std::string& archive);

  const Library& library_;
  std::map<std::string, bool> unchanged_;  // of archives
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> seen_;
  std::size_t missing_ = 0;
  std::size_t changed_ = 0;
  std::size_t same_ = 0;
};

}  // namespace imsearch
