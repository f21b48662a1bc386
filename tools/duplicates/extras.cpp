#include "duplicates/extras.h"

#include "duplicates/files.h"

#include "base/progress.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace imsearch {
namespace {

/// A file that has another name stays under that, and behind a link nothing
/// goes.
bool frees_nothing(const std::string& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) return false;
  return S_ISLNK(status.st_mode) || status.st_nlink > 1;
}

std::size_t pixels(const Library& library, std::uint32_t row) {
  const PictureFacts& picture = library.facts[row].picture;
  return picture.width * picture.height;
}

}  // namespace

std::optional<std::uint64_t> bytes_of(const Library& library,
                                      std::uint32_t row) {
  const FileFacts& then = library.facts[row];
  if (then.known) return then.bytes;
  const FileFacts now = facts_of_status(library.path(row));
  if (now.known) return now.bytes;
  return std::nullopt;
}

Extras extras_of(const Library& library, const DuplicateGroup& group) {
  Extras extras;
  const std::size_t kept = pixels(library, group.keep);
  for (const Duplicate& extra : group.extras) {
    if (is_in_archive(library, extra.row)) {
      ++extras.in_archives;
      continue;
    }
    ++extras.files;
    if (extra.verdict.relation == Relation::kSimilar) ++extras.similar;
    if (kept > 0 && pixels(library, extra.row) > kept)
      ++extras.larger_than_kept;
    if (frees_nothing(library.path(extra.row))) continue;
    if (const auto bytes = bytes_of(library, extra.row))
      extras.bytes += *bytes;
    else
      ++extras.of_unknown_size;
  }
  if (extras.files > 0 && is_in_archive(library, group.keep))
    ++extras.kept_in_archives;
  return extras;
}

Extras extras_of(const Library& library,
                 const std::vector<DuplicateGroup>& groups) {
  Extras all;
  for (const DuplicateGroup& group : groups) {
    const Extras extras = extras_of(library, group);
    all.files += extras.files;
    all.in_archives += extras.in_archives;
    all.kept_in_archives += extras.kept_in_archives;
    all.bytes += extras.bytes;
    all.of_unknown_size += extras.of_unknown_size;
    all.similar += extras.similar;
    all.larger_than_kept += extras.larger_than_kept;
  }
  return all;
}

std::string summary(std::size_t groups, const Extras& extras) {
  if (groups == 0) return "no duplicates";
  const std::string found = counted(groups, "group") + ", ";
  if (extras.files == 0) return found + "no extra that is a file";
  const std::string bytes = human_bytes(static_cast<double>(extras.bytes));
  std::string freed = "deleting the extras frees " + bytes;
  if (extras.of_unknown_size == extras.files)
    freed = "what deleting the extras frees is not known";
  else if (extras.of_unknown_size > 0)
    freed = fmt::format(
        "deleting the extras frees {}, and what {} of unknown size take{}",
        bytes, grouped(extras.of_unknown_size),
        extras.of_unknown_size == 1 ? "s" : "");
  return found + counted(extras.files, "extra") + ": " + freed;
}

}  // namespace imsearch
