#include "io/file.h"

#include "base/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

[[noreturn]] void fail_errno(const std::string& path) {
  fail("{}: {}", path, errno_text(errno));
}

void write_all(int fd, const char* data, std::size_t size,
               const std::string& path) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path);
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

/// Creates a new file beside `path`; its mode is that of an ordinary new file.
int create_temporary(const std::string& path, std::string& temporary) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    temporary = fmt::format("{}.{}-{}.tmp", path, ::getpid(), attempt);
    const int fd = ::open(temporary.c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

void sync_folder(const std::string& path) {
  const int fd =
      ::open(parent_folder(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // an unreadable folder: the rename itself is done
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  buffer_.reserve(kBufferBytes);
  if (path_ == "-") {
    path_ = "standard output";
    fd_ = STDOUT_FILENO;
    return;
  }
  struct stat status = {};
  if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    fd_ = create_temporary(path_, temporary_);
    if (fd_ < 0) temporary_.clear();
  }
  if (fd_ < 0) fail_errno(path_);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      size_(other.size_),
      fd_(std::exchange(other.fd_, -1)),
      finished_(other.finished_) {}

OutputFile::~OutputFile() {
  if (fd_ >= 0 && fd_ != STDOUT_FILENO) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(const void* data, std::size_t size_bytes) {
  size_ += size_bytes;
  if (buffer_.size() + size_bytes > kBufferBytes) flush();
  if (size_bytes >= kBufferBytes)
    write_all(fd_, static_cast<const char*>(data), size_bytes, path_);
  else
    buffer_.append(static_cast<const char*>(data), size_bytes);
}

void OutputFile::write_at(std::uint64_t offset_bytes, const void* data,
                          std::size_t size_bytes) {
  flush();
  const auto* bytes = static_cast<const char*>(data);
  while (size_bytes > 0) {
    const ssize_t n =
        ::pwrite(fd_, bytes, size_bytes, static_cast<off_t>(offset_bytes));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path_);
    bytes += n;
    offset_bytes += static_cast<std::uint64_t>(n);
    size_bytes -= static_cast<std::size_t>(n);
  }
}

void OutputFile::flush() {
  write_all(fd_, buffer_.data(), buffer_.size(), path_);
  buffer_.clear();
}

void OutputFile::finish() {
  if (finished_) return;
  flush();
  if (!temporary_.empty() && ::fsync(fd_) != 0) fail_errno(path_);
  if (fd_ != STDOUT_FILENO) {
    const int fd = std::exchange(fd_, -1);
    if (::close(fd) != 0) fail_errno(path_);
  }
  finished_ = true;
}

void OutputFile::commit() {
  finish();
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_errno(path_);
  temporary_.clear();
  sync_folder(path_);
}

std::string read_prefix(const std::string& path, std::size_t size_bytes) {
  const bool standard_input = path == "-";
  const int fd = standard_input ? STDIN_FILENO
                                : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = standard_input ? "standard input" : path;
  if (fd < 0) fail_errno(name);
  std::string text;
  while (text.size() < size_bytes) {
    const std::size_t old_size = text.size();
    const std::size_t chunk = std::min(kBufferBytes, size_bytes - old_size);
    text.resize(old_size + chunk);
    const ssize_t n = ::read(fd, text.data() + old_size, chunk);
    const int error = errno;
    text.resize(old_size + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0 && error == EINTR) continue;
    if (n > 0) continue;
    if (!standard_input) ::close(fd);
    if (n < 0) fail("{}: {}", name, errno_text(error));
    return text;
  }
  if (!standard_input) ::close(fd);
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

std::uint64_t free_disk_bytes(const std::string& path) {
  struct statvfs status = {};
  if (::statvfs(parent_folder(path).c_str(), &status) != 0) return 0;
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace imsearch
