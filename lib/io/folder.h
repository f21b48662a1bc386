// What a folder holds, and a walk through all that is below it, which enters
// each folder once, whatever links lead to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace imsearch {

enum class EntryKind : char {
  kFolder,      // or a link to one
  kFile,        // or a link to one, or a link to nothing
  kSpecial,     // a pipe, a socket, a device
  kUnreadable,  // a folder that cannot be read; told by walk_folder_once()
                // alone
};

struct FolderEntry {
  std::string name;
  EntryKind kind = EntryKind::kFile;
  std::uint64_t inode = 0;  // of what a link leads to; 0: nothing
  bool link = false;
};

/// All entries but "." and "..", in no order; links are followed to tell their
/// kind. `error_number` is 0, or the errno of a folder that cannot be read,
/// which has no entries. `path` "" is the working folder.
struct Folder {
  explicit Folder(const std::string& path);

  std::vector<FolderEntry> entries;
  int error_number = 0;
};

/// What a walk comes by.
struct FoundEntry {
  std::string path;
  EntryKind kind = EntryKind::kFile;
  std::uint64_t inode = 0;  // as in FolderEntry
  bool link = false;        // itself, or a folder on the way to it
};

/// Says whether an entry is visited, and entered where it is a folder.
using Passes = std::function<bool(const std::string& path, const FolderEntry&)>;
using Visit = std::function<void(FoundEntry)>;

struct WalkEnd {
  int error_number = 0;        // 0, or the errno of a `path` that can't be read
  std::size_t seen_again = 0;  // folders, by names after the first
};

/// Calls `visit` for every entry in and below `path` ("": the working folder)
/// that passes, each folder before what is in it, in no order. Folders that
/// cannot be read are told and not entered. Each folder is entered once,
/// whatever links lead to it: real folders first, then the links to others by
/// their paths. A link is visited as a folder also where it leads to one that
/// is entered elsewhere.
WalkEnd walk_folder_once(const std::string& path, const Passes& passes,
                         const Visit& visit);

/// `folder` + "/" + `name`, with no second slash and none behind an empty
/// `folder`.
std::string join_path(const std::string& folder, const std::string& name);

}  // namespace imsearch
