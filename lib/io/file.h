// Files read whole, and what is known of a path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace imsearch {

/// The whole file; "-" is standard input. Throws Error.
std::string read_file(const std::string& path);

/// Up to `size_bytes` from the start of the file, fewer if it is shorter.
/// Throws Error if it cannot be opened or read.
std::string read_prefix(const std::string& path, std::size_t size_bytes);

/// True if something of that name exists (links followed).
bool file_exists(const std::string& path);
bool is_directory(const std::string& path);
bool is_regular_file(const std::string& path);

/// True if both exist and are one file, whatever their names.
bool same_file(const std::string& a, const std::string& b);

/// Free bytes for this user on the file system that would hold `path`, if it
/// can be told.
std::optional<std::uint64_t> free_disk_bytes(const std::string& path);

/// The name that the last part of `path` leads to by symbolic links: `path`
/// itself where that is not a link. Nothing need exist there. Throws Error.
std::string follow_links(std::string path);

/// The folder part of a path ("." if it has none).
std::string parent_folder(const std::string& path);

}  // namespace imsearch
