#include "duplicates/files.h"

#include "archive/archive_file.h"
#include "archive/archive_images.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "image/several_pictures.h"
#include "io/file.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace imsearch {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return time.tv_sec * kSecond + time.tv_nsec;
}

/// Whether the content is no longer what the ledger says. Without a ledger
/// nothing can be told. Programs that edit may leave size and time of a file as
/// they were; but that its state changed behind `made_ns` nobody can hide, and
/// then it is read.
bool has_changed(const std::string& path, const FileFacts& then,
                 const struct stat& now, std::int64_t made_ns) {
  if (!then.known) return false;
  if (static_cast<std::uint64_t>(now.st_size) != then.bytes) return true;
  if (nanoseconds(now.st_mtim) == then.modified_ns &&
      nanoseconds(now.st_ctim) <= made_ns)
    return false;
  try {
    return !same_content(then, facts_of_file(path));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return true;  // it cannot be read
  }
}

/// By its name: most files are of formats that have one, and need not be read.
bool may_have_several(const std::string& path) {
  constexpr std::array<std::string_view, 12> kOne = {
      "jpg", "jpeg", "jpe", "jfif", "bmp", "dib",
      "tga", "pgm",  "ppm", "pbm",  "pnm", "jp2"};
  return std::find(kOne.begin(), kOne.end(), ending_of(path)) == kOne.end();
}

bool has_several_pictures(const std::string& path) {
  check_interrupt();
  if (!may_have_several(path) || !is_regular_file(path)) return false;
  try {
    return holds_several_pictures(read_file(path));
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

std::size_t leave_out_several_pictures(const Library& library,
                                       std::vector<DuplicateGroup>& groups) {
  std::size_t left_out = 0;
  for (DuplicateGroup& group : groups) {
    const auto begin = std::remove_if(
        group.extras.begin(), group.extras.end(), [&](const Duplicate& extra) {
          return extra.verdict.relation != Relation::kBytes &&
                 has_several_pictures(library.path(extra.row));
        });
    left_out += static_cast<std::size_t>(group.extras.end() - begin);
    group.extras.erase(begin, group.extras.end());
  }
  groups.erase(std::remove_if(groups.begin(), groups.end(),
                              [](const DuplicateGroup& group) {
                                return group.extras.empty();
                              }),
               groups.end());
  return left_out;
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

/// What is in an archive that has changed, read once for all of its images.
const FileCheck::Members& FileCheck::members_of(const std::string& archive) {
  const auto [place, is_new] = members_.try_emplace(archive);
  Members& members = place->second;
  if (!is_new) return members;
  try {
    ArchiveFile file(archive);
    while (const std::optional<Member> member = file.next())
      if (member->kind != MemberKind::kFolder)
        members.try_emplace(member->name, member->kind == MemberKind::kFile
                                              ? facts_of_member(*member)
                                              : FileFacts());
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    // What lies behind a damage is missing.
  }
  return members;
}

bool FileCheck::is_usable_member(std::uint32_t row, const MemberPath& path) {
  if (is_unchanged(path.archive)) return true;
  const Members& members = members_of(path.archive);
  const auto now = members.find(path.member);
  if (now == members.end()) {
    ++missing_;
    return false;
  }
  const FileFacts& then = library_.facts[row];
  if (!then.known || same_status(then, now->second)) return true;
  ++changed_;
  return false;
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
  const FileFacts& then = library_.facts[row];
  const std::int64_t made_ns = library_.made_ns[library_.paths.source_of(row)];
  if (has_changed(path, then, status, made_ns)) {
    ++changed_;
    return false;
  }
  // What no ledger tells of may be another picture since.
  if (!then.known && nanoseconds(status.st_mtim) > made_ns) {
    ++newer_;
    return false;
  }
  return is_first({status.st_dev, status.st_ino}, row);
}

}  // namespace imsearch
