// Files read whole, and questions about paths: what kind of file one leads to,
// whether two lead to the same, and where links end.
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

namespace imsearch {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr int kMaxLinks = 40;  // as many as Linux follows itself

std::string link_target(const std::string& link) {
  std::array<char, PATH_MAX> text = {};
  const ssize_t size = ::readlink(link.c_str(), text.data(), text.size());
  if (size < 0) fail("{}: {}", link, errno_text(errno));
  return {text.data(), static_cast<std::size_t>(size)};
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

bool file_exists(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0;
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
  return base_name(first) == base_name(second) &&
         same_file(parent_folder(first), parent_folder(second));
}

std::optional<std::uint64_t> free_disk_bytes(const std::string& path) {
  struct statvfs status = {};
  if (::statvfs(parent_folder(path).c_str(), &status) != 0) return std::nullopt;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

std::string follow_links(std::string path) {
  for (int links = 0; links <= kMaxLinks; ++links) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode))
      return path;
    const std::string target = link_target(path);
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
