// Reads folders, and walks all that is below one. Links to folders are
// followed, but each folder is entered once, so a folder that contains itself
// by a link ends the walk there. Real folders come before links, round by
// round: the path that a photo is listed under is the one without a link
// wherever there is one, and does not depend on the order in which a disk gives
// its entries.
#include "io/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// The kind and the inode of what a link leads to, or of an entry whose kind
/// the file system does not tell.
void look_by_stat(DIR* folder, FolderEntry& entry) {
  struct stat status = {};
  entry.inode = 0;
  if (::fstatat(::dirfd(folder), entry.name.c_str(), &status, 0) != 0)
    return;  // leads to nothing, a kFile: who opens it will say so
  entry.inode = status.st_ino;
  if (S_ISDIR(status.st_mode))
    entry.kind = EntryKind::kFolder;
  else if (!S_ISREG(status.st_mode))
    entry.kind = EntryKind::kSpecial;
}

/// Most file systems tell the kind with the name, which saves a stat a file.
FolderEntry entry_of(DIR* folder, const dirent& read) {
  FolderEntry entry = {read.d_name, EntryKind::kFile, read.d_ino,
                       read.d_type == DT_LNK};
  switch (read.d_type) {
    case DT_REG:
      break;
    case DT_DIR:
      entry.kind = EntryKind::kFolder;
      break;
    case DT_UNKNOWN: {
      struct stat status = {};
      entry.link = ::fstatat(::dirfd(folder), read.d_name, &status,
                             AT_SYMLINK_NOFOLLOW) == 0 &&
                   S_ISLNK(status.st_mode);
      look_by_stat(folder, entry);
      break;
    }
    case DT_LNK:
      look_by_stat(folder, entry);
      break;
    default:
      entry.kind = EntryKind::kSpecial;
  }
  return entry;
}

/// A folder, whatever name leads to it.
using FolderId = std::pair<dev_t, ino_t>;

FolderId folder_id(const std::string& path) {
  struct stat status = {};
  // One that is gone by now has no entries either: any id will do.
  if (::stat(path.empty() ? "." : path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

FoundEntry found(std::string path, const FolderEntry& entry, EntryKind kind) {
  return {std::move(path), kind, entry.inode, entry.link};
}

/// Enters each folder once. Sorted all along: which name of a folder is the
/// first must not depend on the order that the disk has.
class WalkOnce {
 public:
  WalkOnce(const Passes& passes, const Visit& visit)
      : passes_(passes), visit_(visit) {}

  void walk_all(const std::string& path, Folder& folder) {
    seen_.insert(folder_id(path));
    walk(path, folder, false);
    while (!links_.empty()) {
      std::vector<std::string> links = std::move(links_);
      links_.clear();
      std::sort(links.begin(), links.end());
      // Entering one may find further links, which are for the next round.
      for (const std::string& link : links) enter(link, true);
    }
  }
  std::size_t seen_again() const { return seen_again_; }

 private:
  void walk(const std::string& path, Folder& folder, bool by_link) {
    std::sort(folder.entries.begin(), folder.entries.end(),
              [](const FolderEntry& a, const FolderEntry& b) {
                return a.name < b.name;
              });
    for (FolderEntry& entry : folder.entries) {
      const std::string inner = join_path(path, entry.name);
      if (!passes_(inner, entry)) continue;
      const bool link = entry.link;
      entry.link = link || by_link;
      if (entry.kind != EntryKind::kFolder) {
        visit_(found(inner, entry, entry.kind));
      } else if (link) {
        visit_(found(inner, entry, EntryKind::kFolder));
        links_.push_back(inner);
      } else {
        enter(inner, by_link);
      }
    }
  }

  /// Visits a folder and what is in it, unless it was entered before.
  void enter(const std::string& path, bool by_link) {
    if (!seen_.insert(folder_id(path)).second) {
      ++seen_again_;
      return;
    }
    Folder folder(path);
    const bool readable = folder.error_number == 0;
    visit_({path, readable ? EntryKind::kFolder : EntryKind::kUnreadable, 0,
            by_link});
    if (readable) walk(path, folder, by_link);
  }

  const Passes& passes_;
  const Visit& visit_;
  std::set<FolderId> seen_;
  std::vector<std::string> links_;  // to folders, for the next round
  std::size_t seen_again_ = 0;
};

}  // namespace

Folder::Folder(const std::string& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(
      ::opendir(path.empty() ? "." : path.c_str()));
  if (!folder) {
    error_number = errno;
    return;
  }
  // readdir(3) returns the same at the end and for an error: errno tells.
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..")
      entries.push_back(entry_of(folder.get(), *entry));
    errno = 0;
  }
  error_number = errno;
  if (error_number != 0) entries.clear();
}

WalkEnd walk_folder_once(const std::string& path, const Passes& passes,
                         const Visit& visit) {
  Folder folder(path);
  WalkOnce walk(passes, visit);
  walk.walk_all(path, folder);
  return {folder.error_number, walk.seen_again()};
}

std::string join_path(const std::string& folder, const std::string& name) {
  if (folder.empty() || folder.back() == '/') return folder + name;
  return folder + "/" + name;
}

}  // namespace imsearch
