#include "io/output_file.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/file.h"
#include "io/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr int kMaxLinks = 40;  // as many as Linux follows itself

[[noreturn]] void fail_errno(const std::string& path) {
  fail("{}: {}", path, errno_text(errno));
}

/// Repeats `call` while a signal cuts it short, and ends on ^C.
template <typename Call>
auto retry(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    check_interrupt();
    result = call();
  }
  return result;
}

/// What `write_some(data, size)` writes in pieces, written whole.
template <typename WriteSome>
void write_all(const char* data, std::size_t size, const std::string& path,
               const WriteSome& write_some) {
  while (size > 0) {
    const ssize_t n = retry([&] { return write_some(data, size); });
    if (n < 0) fail_errno(path);
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

std::string link_target(const std::string& link) {
  std::array<char, PATH_MAX> text = {};
  const ssize_t size = ::readlink(link.c_str(), text.data(), text.size());
  if (size < 0) fail_errno(link);
  return {text.data(), static_cast<std::size_t>(size)};
}

/// The name that the last part's links lead to; nothing need exist there.
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

/// As far as we are allowed to.
void copy_owner_and_mode(int fd, const struct stat& from) {
  // First the owner: changing it clears mode bits.
  [[maybe_unused]] const int owner = ::fchown(fd, from.st_uid, from.st_gid);
  [[maybe_unused]] const int mode = ::fchmod(fd, from.st_mode & 0777U);
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
  const bool exists = ::stat(path_.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    fd_ = retry([&] { return ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); });
    if (fd_ < 0) fail_errno(path_);
    return;
  }
  target_ = follow_links(path_);
  // The rename would replace a write-protected file too.
  if (exists && ::access(target_.c_str(), W_OK) != 0) fail_errno(path_);
  open_temporary();
  if (exists) copy_owner_and_mode(fd_, status);
}

/// The mode is that of an ordinary new file.
void OutputFile::open_temporary() {
  for (int attempt = 0; fd_ < 0; ++attempt) {
    std::string name =
        fmt::format("{}.{}-{}.tmp", target_, ::getpid(), attempt);
    fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ >= 0) temporary_ = std::move(name);
    if (fd_ < 0 && errno == ENOENT)
      fail("{}: there is no folder {}", path_, parent_folder(target_));
    if (fd_ < 0 && errno != EEXIST) fail_errno(path_);
  }
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
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
  if (buffer_.size() + size_bytes > kBufferBytes) flush();
  const auto* bytes = static_cast<const char*>(data);
  if (size_bytes < kBufferBytes)
    buffer_.append(bytes, size_bytes);
  else
    write_all(bytes, size_bytes, path_, [&](const char* from, std::size_t n) {
      return ::write(fd_, from, n);
    });
  size_ += size_bytes;
}

void OutputFile::write_at(std::uint64_t offset_bytes, const void* data,
                          std::size_t size_bytes) {
  flush();
  const auto* bytes = static_cast<const char*>(data);
  write_all(bytes, size_bytes, path_, [&](const char* from, std::size_t n) {
    const auto done = static_cast<std::uint64_t>(from - bytes);
    return ::pwrite(fd_, from, n, static_cast<off_t>(offset_bytes + done));
  });
}

void OutputFile::flush() {
  write_all(
      buffer_.data(), buffer_.size(), path_,
      [&](const char* from, std::size_t n) { return ::write(fd_, from, n); });
  buffer_.clear();
}

void OutputFile::finish() {
  if (finished_) return;
  flush();
  if (!temporary_.empty() && ::fsync(fd_) != 0) fail_errno(path_);
  if (fd_ != STDOUT_FILENO) {
    const int fd = std::exchange(fd_, -1);
    // Linux has closed the file also when a signal came in between.
    if (::close(fd) != 0 && errno != EINTR) fail_errno(path_);
  }
  finished_ = true;
}

void OutputFile::commit() {
  finish();
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_errno(path_);
  temporary_.clear();
  sync_folder(target_);
}

}  // namespace imsearch
