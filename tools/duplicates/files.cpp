#include "duplicates/files.h"

#include "archive/member_cursor.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "io/file.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <unordered_set>

namespace imsearch {
namespace {

/// Whether the content is no longer what the ledger says. Without a ledger
/// nothing can be told.
bool has_changed(const std::string& path, const FileFacts& then) {
  if (!then.known) return false;
  const FileFacts now = facts_of_status(path);
  if (now.bytes != then.bytes) return true;
  if (now.modified_ns == then.modified_ns) return false;
  try {
    return !same_content(then, facts_of_file(path));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return true;  // it cannot be read
  }
}

std::optional<MemberPath> path_in_archive(const std::string& path) {
  return file_exists(path) ? std::nullopt : member_path(path);
}

}  // namespace

bool is_in_archive(const Library& library, std::uint32_t row) {
  return path_in_archive(library.path(row)).has_value();
}

/// As the ledger says, which is trusted as long as size and time are the same.
bool FileCheck::is_unchanged(const std::string& archive) {
  const auto [place, is_new] = unchanged_.try_emplace(archive, false);
  if (!is_new) return place->second;
  const FileFacts now = facts_of_status(archive);
  for (const ReadArchive& then : library_.archives)
    if (then.name == archive && same_status(then.facts, now))
      place->second = true;
  return place->second;
}

/// Where the archive has changed, it is read for this image.
bool FileCheck::is_usable_member(std::uint32_t row, const MemberPath& path) {
  if (is_unchanged(path.archive)) return true;
  try {
    const FileFacts now = facts_of_member(path);
    const FileFacts& then = library_.facts[row];
    if (!then.known || same_status(then, now)) return true;
    ++changed_;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    ++missing_;
  }
  return false;
}

/// What no ledger tells of: a file that was changed after the vectors were
/// made may be another picture.
bool FileCheck::is_newer(std::uint32_t row, const std::string& path) const {
  if (library_.facts[row].known) return false;
  const FileFacts now = facts_of_status(path);
  return now.modified_ns > library_.made_ns[library_.paths.source_of(row)];
}

bool FileCheck::is_first(const FileId& file, std::uint32_t row) {
  const std::uint32_t first = seen_.try_emplace(file, row).first->second;
  if (first != row) ++same_;
  return first == row;
}

/// A reference and another row that are one file have one content, as far as
/// that is known.
void FileCheck::keep(const std::vector<bool>& references,
                     const std::vector<ImageMarks>& marks,
                     const std::vector<std::uint32_t>& rows) {
  std::unordered_set<std::uint64_t> others;
  for (const std::uint32_t row : rows)
    if (!references[row]) others.insert(marks[row].content);
  if (others.empty()) return;
  const bool any = others.count(0) != 0;
  for (std::uint32_t row = 0; row < references.size(); ++row) {
    const std::uint64_t content = marks[row].content;
    if (!references[row] ||
        (!any && content != 0 && others.count(content) == 0))
      continue;
    check_interrupt();
    struct stat status = {};
    if (::stat(library_.path(row).c_str(), &status) == 0)
      seen_.try_emplace({status.st_dev, status.st_ino}, row);
  }
}

bool FileCheck::is_usable(std::uint32_t row) {
  if (!library_.paths.any_there()) {
    const bool first = seen_names_.try_emplace(library_.name(row), row).second;
    if (!first) ++same_;
    return first;
  }
  const std::string path = library_.path(row);
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    if (const auto member = path_in_archive(path))
      return is_usable_member(row, *member);
    ++missing_;
    return false;
  }
  if (has_changed(path, library_.facts[row])) {
    ++changed_;
    return false;
  }
  if (is_newer(row, path)) {
    ++newer_;
    return false;
  }
  return is_first({status.st_dev, status.st_ino}, row);
}

}  // namespace imsearch
