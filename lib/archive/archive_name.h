// What an archive is, and the names of images in it: "photos.zip/dir/a.jpg".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// Whether a file that begins like this, with 512 bytes or all that it has, is
/// an archive: by its content, and where it is compressed, by its ending as
/// well, since not all that is compressed is an archive.
bool looks_like_archive(const std::string& path, std::string_view beginning);

/// Whether the name ends as those of archives do: ".zip", ".tar.gz", …
bool has_archive_ending(std::string_view path);

struct MemberPath {
  std::string archive;  // the file
  std::string member;   // its name in there
};

/// The two parts of a path that leads through a regular file; nothing where it
/// does not. Costs a stat for each of its folders.
std::optional<MemberPath> member_path(const std::string& path);

/// The same, where an ending tells which part is the archive: without asking
/// the system for paths that have no such part.
std::optional<MemberPath> member_path_by_ending(const std::string& path);

/// "photos.zip" and "dir/a.jpg" to one.
std::string name_of_member(const std::string& archive,
                           const std::string& member);

}  // namespace imsearch
