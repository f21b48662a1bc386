// What a folder holds.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace imsearch {

enum class EntryKind : char {
  kFolder,   // or a link to one
  kFile,     // or a link to one, or a link to nothing
  kSpecial,  // a pipe, a socket, a device
  // Of walk_folder alone:
  kLoop,        // a folder that leads back to one on the way to it
  kUnreadable,  // a folder that cannot be read
};

struct FolderEntry {
  std::string name;
  EntryKind kind = EntryKind::kFile;
};

/// All entries but "." and "..", in no order; links are followed to tell their
/// kind. `error_number` is 0, or the errno of a folder that cannot be read,
/// which has no entries. `path` "" is the working folder.
struct Folder {
  explicit Folder(const std::string& path);

  std::vector<FolderEntry> entries;
  int error_number = 0;
};

/// Calls `visit` for every entry in and below `path` ("": the working folder),
/// each folder before what is in it. Names that start with a dot are passed
/// over with all below them; loops and folders that cannot be read are told and
/// not entered. Returns 0, or the errno of a `path` that itself cannot be
/// read.
int walk_folder(
    const std::string& path,
    const std::function<void(const std::string& path, EntryKind kind)>& visit);

/// `folder` + "/" + `name`, with no second slash and none behind an empty
/// `folder`.
std::string join_path(const std::string& folder, const std::string& name);

}  // namespace imsearch
