#include "io/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace imsearch {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

EntryKind kind_by_stat(DIR* folder, const char* name) {
  struct stat status = {};
  if (::fstatat(::dirfd(folder), name, &status, 0) != 0)
    return EntryKind::kFile;  // leads to nothing: who opens it will say so
  if (S_ISDIR(status.st_mode)) return EntryKind::kFolder;
  return S_ISREG(status.st_mode) ? EntryKind::kFile : EntryKind::kSpecial;
}

/// Most file systems tell the kind with the name, which saves a stat a file.
EntryKind kind_of(DIR* folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return EntryKind::kFile;
    case DT_DIR:
      return EntryKind::kFolder;
    case DT_LNK:
    case DT_UNKNOWN:
      return kind_by_stat(folder, entry.d_name);
    default:
      return EntryKind::kSpecial;
  }
}

using Visit = std::function<void(const std::string&, EntryKind)>;

/// A folder, whatever name leads to it.
using FolderId = std::pair<dev_t, ino_t>;

FolderId folder_id(const std::string& path) {
  struct stat status = {};
  // One that is gone by now has no entries either: any id will do.
  if (::stat(path.empty() ? "." : path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

void walk(const std::string& path, const Folder& folder, const Visit& visit,
          std::vector<FolderId>& way);

bool is_on(const std::vector<FolderId>& way, const FolderId& id) {
  return std::find(way.begin(), way.end(), id) != way.end();
}

/// Visits a folder, and what is in it.
void enter(const std::string& path, const Visit& visit,
           std::vector<FolderId>& way) {
  if (is_on(way, folder_id(path))) return visit(path, EntryKind::kLoop);
  const Folder folder(path);
  if (folder.error_number != 0) return visit(path, EntryKind::kUnreadable);
  visit(path, EntryKind::kFolder);
  walk(path, folder, visit, way);
}

/// `way`: the folders from the first to the one that holds this one.
void walk(const std::string& path, const Folder& folder, const Visit& visit,
          std::vector<FolderId>& way) {
  way.push_back(folder_id(path));
  for (const FolderEntry& entry : folder.entries) {
    if (entry.name[0] == '.') continue;
    const std::string inner = join_path(path, entry.name);
    if (entry.kind == EntryKind::kFolder)
      enter(inner, visit, way);
    else
      visit(inner, entry.kind);
  }
  way.pop_back();
}

}  // namespace

Folder::Folder(const std::string& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(
      ::opendir(path.empty() ? "." : path.c_str()));
  if (!folder) {
    error_number = errno;
    return;
  }
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..")
      entries.push_back({name, kind_of(folder.get(), *entry)});
    errno = 0;
  }
  error_number = errno;
  if (error_number != 0) entries.clear();
}

int walk_folder(const std::string& path, const Visit& visit) {
  const Folder folder(path);
  std::vector<FolderId> way;
  walk(path, folder, visit, way);
  return folder.error_number;
}

std::string join_path(const std::string& folder, const std::string& name) {
  if (folder.empty() || folder.back() == '/') return folder + name;
  return folder + "/" + name;
}

}  // namespace imsearch
