#include "duplicates/files.h"

#include "base/error.h"
#include "index/vector_set.h"
#include "io/file.h"

#include <sys/stat.h>

#include <string>

namespace imsearch {
namespace {

constexpr std::size_t kSample = 1000;

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

}  // namespace

FileCheck::FileCheck(const Library& library) : library_(library) {
  for (const std::uint32_t row : spread_over(library.facts.size(), kSample))
    if (!library.gone[row] && file_exists(std::string(library.name(row)))) {
      names_are_files_ = true;
      return;
    }
}

bool FileCheck::is_usable(std::uint32_t row) {
  if (!names_are_files_) return true;
  const std::string path(library_.name(row));
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    ++missing_;
    return false;
  }
  if (has_changed(path, library_.facts[row])) {
    ++changed_;
    return false;
  }
  const bool first =
      seen_.try_emplace({status.st_dev, status.st_ino}, row).second;
  if (!first) ++same_;
  return first;
}

}  // namespace imsearch
