// Files read whole, files that grow in place, and what is known of a path.
// Every path is taken as the system takes it: links are followed unless said
// otherwise, and a relative one counts from the working folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// The whole file; "-" is standard input. Throws Error.
std::string read_file(const std::string& path);

/// Up to `size_bytes` from the start of the file, fewer if it is shorter.
/// Throws Error if it cannot be opened or read. `expected_bytes`: how many they
/// will be, if known; then they are in memory only once.
std::string read_prefix(const std::string& path, std::size_t size_bytes,
                        std::size_t expected_bytes = 0);

/// Drops what is behind `size_bytes` of the file, which must have as many, and
/// syncs it. Throws Error.
void cut_file(const std::string& path, std::uint64_t size_bytes);

/// Puts `text` and then the content of the file `from` behind the first
/// `size_bytes` of the file, drops what was there, and syncs it. Throws Error;
/// part of it may be there then.
void append_file(const std::string& path, std::uint64_t size_bytes,
                 std::string_view text, const std::string& from);

/// True if something of that name exists (links followed).
bool file_exists(const std::string& path);
/// 0, or the errno of a file that may be there and cannot be asked about: of a
/// folder that may not be entered, of a disk that fails. 0 where nothing is
/// there.
int why_out_of_reach(const std::string& path);
/// True if this user may read what is there (links followed).
bool is_readable(const std::string& path);
bool is_directory(const std::string& path);
bool is_regular_file(const std::string& path);
/// `path` counted from the root instead of the working folder, otherwise as it
/// is: "..", which behind a link leads elsewhere, stays. Empty where the
/// working folder is gone.
std::string absolute_path(const std::string& path);

/// True for what is read from front to back, once: "-", and a pipe, a socket or
/// a device by its name, such as what the shell's <(command) stands for.
bool is_stream(const std::string& path);

/// The end of a file's name behind its last dot, in lower case (ASCII); empty
/// where there is none. ".jpg" is a name without one.
std::string ending_of(const std::string& path);

/// True if both exist and are one file, whatever their names.
bool same_file(const std::string& a, const std::string& b);

/// True if writing one would replace the other: same_file(), or one name for
/// files that need not exist yet, links followed.
bool same_place(const std::string& a, const std::string& b);

/// Free bytes for this user on the file system that would hold `path`, if it
/// can be told.
std::optional<std::uint64_t> free_disk_bytes(const std::string& path);

/// What the links of the last part of `path` lead to; nothing need exist there.
/// Throws Error if they lead round in circles.
std::string follow_links(std::string path);

/// Makes new, renamed and removed names in the folder of `path` outlast a
/// machine that goes down, as far as that folder can be opened.
void sync_folder_of(const std::string& path);

/// The folder part of a path ("." if it has none).
std::string parent_folder(const std::string& path);

/// The last component of a path, "c.jpg" of "a/b/c.jpg": all of it if it has no
/// slash, and nothing if it ends with one.
std::string base_name(const std::string& path);

}  // namespace imsearch
