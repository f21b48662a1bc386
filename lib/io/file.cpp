// Files read whole, files that grow in place, and questions about paths: what
// kind of file one leads to, whether two lead to the same, and where links end.
// Reading goes through InputFile, so that a pipe is read like a file and ^C
// ends a wait. Nothing is remembered: each question is asked of the system
// anew, and its answer is as old as the call.
#include "io/file.h"

#include "base/error.h"
#include "io/descriptor.h"
#include "io/folder.h"
#include "io/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr int kMaxLinks = 40;  // as many as Linux follows itself

std::string link_target(const std::string& link) {
  std::array<char, PATH_MAX> text = {};
  // readlink(2) says how long the text is, and puts no NUL behind it.
  const ssize_t size = ::readlink(link.c_str(), text.data(), text.size());
  if (size < 0) fail("{}: {}", link, errno_text(errno));
  return {text.data(), static_cast<std::size_t>(size)};
}

[[noreturn]] void fail_errno(const std::string& path) {
  fail("{}: {}", path, errno_text(errno));
}

/// Opens the file for writing at `size_bytes`, and cuts off what is behind: an
/// append that was killed may have left a part of a row there.
Descriptor open_at(const std::string& path, std::uint64_t size_bytes) {
  // Not blocking: at a FIFO this would wait.
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) fail_errno(path);
  if (!S_ISREG(status.st_mode)) fail("{}: not a regular file", path);
  if (static_cast<std::uint64_t>(status.st_size) < size_bytes)
    fail("{}: {} bytes, where at least {} were", path, status.st_size,
         size_bytes);
  const auto end = static_cast<off_t>(size_bytes);
  if (::ftruncate(file.get(), end) != 0 ||
      ::lseek(file.get(), end, SEEK_SET) < 0)
    fail_errno(path);
  return file;
}

void write_all(const Descriptor& file, std::string_view bytes,
               const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) fail_errno(path);
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void sync(const Descriptor& file, const std::string& path) {
  if (::fsync(file.get()) != 0) fail_errno(path);
}

}  // namespace

std::string read_prefix(const std::string& path, std::size_t size_bytes,
                        std::size_t expected_bytes) {
  InputFile file(path);
  std::string text;
  // The end is noticed by reading into one buffer more.
  if (expected_bytes > 0) text.reserve(expected_bytes + kBufferBytes);
  while (text.size() < size_bytes) {
    const std::size_t old_size = text.size();
    const std::size_t chunk = std::min(kBufferBytes, size_bytes - old_size);
    text.resize(old_size + chunk);
    const std::size_t n = file.read(text.data() + old_size, chunk);
    text.resize(old_size + n);
    if (n == 0) break;
  }
  return text;
}

std::string read_file(const std::string& path) {
  return read_prefix(path, std::string::npos);
}

// Both sync before they return: the caller next replaces a sidecar that counts
// these rows, and a machine that goes down must not keep that alone.
void cut_file(const std::string& path, std::uint64_t size_bytes) {
  sync(open_at(path, size_bytes), path);
}

void append_file(const std::string& path, std::uint64_t size_bytes,
                 std::string_view text, const std::string& from) {
  InputFile input(from);
  const Descriptor file = open_at(path, size_bytes);
  write_all(file, text, path);
  std::vector<char> block(kBufferBytes);
  while (const std::size_t n = input.read(block.data(), block.size()))
    write_all(file, {block.data(), n}, path);
  sync(file, path);
}

bool file_exists(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0;
}

int why_out_of_reach(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0) return 0;
  const int why = errno;
  return why == ENOENT || why == ENOTDIR || why == ELOOP || why == ENAMETOOLONG
             ? 0
             : why;
}

bool is_readable(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0;
}

std::string absolute_path(const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  char folder[PATH_MAX];
  if (::getcwd(folder, sizeof folder) == nullptr) return "";
  return join_path(folder, path);
}

bool is_directory(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_regular_file(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_stream(const std::string& path) {
  struct stat status = {};
  if (path == "-") return true;
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) &&
         !S_ISDIR(status.st_mode);
}

std::string ending_of(const std::string& path) {
  const std::string name = base_name(path);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return "";
  std::string ending = name.substr(dot + 1);
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return ending;
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat first = {};
  struct stat second = {};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

bool same_place(const std::string& a, const std::string& b) {
  if (same_file(a, b)) return true;
  const std::string first = follow_links(a);
  const std::string second = follow_links(b);
  // What need not exist has no inode to compare, but the folder that it would
  // be in has one.
  return base_name(first) == base_name(second) &&
         same_file(parent_folder(first), parent_folder(second));
}

std::optional<std::uint64_t> free_disk_bytes(const std::string& path) {
  struct statvfs status = {};
  if (::statvfs(parent_folder(path).c_str(), &status) != 0) return std::nullopt;
  // f_bavail, not f_bfree: blocks that are kept for root are none of ours.
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

std::string follow_links(std::string path) {
  // realpath(3) would fail where the last part leads to nothing, which is where
  // a new file is to be made.
  for (int links = 0; links <= kMaxLinks; ++links) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode))
      return path;
    const std::string target = link_target(path);
    // A relative target counts from the folder of the link.
    path = target[0] == '/' ? target : join_path(parent_folder(path), target);
  }
  fail("{}: {}", path, errno_text(ELOOP));
}

void sync_folder_of(const std::string& path) {
  const Descriptor folder(
      ::open(parent_folder(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // An unreadable folder: what was done in it is done.
  if (folder.valid()) ::fsync(folder.get());
}

std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) {
  // Without a slash, npos + 1 wraps round to 0.
  return path.substr(path.rfind('/') + 1);
}

}  // namespace imsearch
