// Files that appear whole or not at all: written under another name in the same
// folder, synced, renamed over the target. A reader sees the old file or the
// new one, whatever happens to the writer.
//
// The hard parts are around that: a link is followed and stays; the older
// file's owner and mode are kept; a temporary file that a killed writer left is
// removed by the next one, which knows it by its missing lock; a part that is
// to be gone on from is locked against a second writer; and what is not a
// regular file (a pipe, /dev/full) has no name to rename and is written
// directly.
#include "io/output_file.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/descriptor.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

[[noreturn]] void fail_errno(const std::string& path) {
  fail("{}: {}", path, errno_text(errno));
}

[[noreturn]] void fail_no_folder(const std::string& path,
                                 const std::string& target) {
  fail("{}: there is no folder {}", path, parent_folder(target));
}

/// Whether the file of that status is found by this name.
bool leads_to(const std::string& name, const struct stat& file) {
  struct stat status = {};
  return ::lstat(name.c_str(), &status) == 0 && status.st_dev == file.st_dev &&
         status.st_ino == file.st_ino;
}

// EINTR: no handler of ours asks for a restart (base/interrupt.h), since ^C
// must end a wait for the reader of a pipe.
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

/// Whether `name` is "`base`.PID-ATTEMPT.tmp", as open_unique() makes them.
bool is_temporary_of(const std::string& base, const std::string& name) {
  constexpr std::string_view kEnd = ".tmp";
  const std::size_t begin = base.size() + 1;
  if (name.size() < begin + kEnd.size() || name.compare(0, begin, base + "."))
    return false;
  // Spelled out digit by digit: a file of the user's that looks alike, such as
  // fvecs.bin.old.tmp, must never be removed.
  const std::string_view rest = std::string_view(name).substr(begin);
  const std::string_view number = rest.substr(0, rest.size() - kEnd.size());
  const std::size_t dash = number.find('-');
  return rest.substr(number.size()) == kEnd && dash > 0 &&
         dash + 1 < number.size() &&
         number.find_first_not_of("0123456789-") == std::string_view::npos &&
         number.find('-', dash + 1) == std::string_view::npos;
}

/// Removes that file if nobody holds it: its writer was killed.
void remove_if_abandoned(const std::string& name) {
  constexpr int kFlags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const Descriptor file(::open(name.c_str(), kFlags));
  struct stat status = {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0 ||
      !S_ISREG(status.st_mode))
    return;
  // Where there are no locks, somebody may be writing it.
  if (try_lock(file.get(), name) == Locking::kHeld && leads_to(name, status))
    ::unlink(name.c_str());
}

/// A killed process leaves its temporary file, which may be as large as an
/// index.
void remove_abandoned(const std::string& target) {
  const std::string folder = parent_folder(target);
  const std::string base = base_name(target);
  for (const FolderEntry& entry : Folder(folder).entries)
    if (is_temporary_of(base, entry.name))
      remove_if_abandoned(join_path(folder, entry.name));
}

/// As far as we are allowed to.
void copy_owner_and_mode(int fd, const struct stat& from) {
  // First the owner: changing it clears mode bits.
  [[maybe_unused]] const int owner = ::fchown(fd, from.st_uid, from.st_gid);
  [[maybe_unused]] const int mode = ::fchmod(fd, from.st_mode & 0777U);
}

}  // namespace

OutputFile::OutputFile(std::string path, Temporary temporary)
    : path_(std::move(path)) {
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
  if (temporary == Temporary::kUnique)
    open_unique();
  else
    open_part();
  if (temporary == Temporary::kPart) truncate(0);
  if (exists) copy_owner_and_mode(fd_, status);
}

/// The mode is that of an ordinary new file.
void OutputFile::open_unique() {
  remove_abandoned(target_);
  for (int attempt = 0; fd_ < 0; ++attempt) {
    std::string name =
        fmt::format("{}.{}-{}.tmp", target_, ::getpid(), attempt);
    Descriptor file(
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.valid() && errno == ENOENT) fail_no_folder(path_, target_);
    if (!file.valid() && errno != EEXIST) fail_errno(path_);
    if (!file.valid()) continue;
    const Locking locking = try_lock(file.get(), name);
    // Until the lock it looked like one that a killed process left: another
    // writer may be about to remove it, or have done so.
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0) fail_errno(name);
    if (locking == Locking::kBusy || !leads_to(name, status)) continue;
    is_locked_ = locking == Locking::kHeld;
    temporary_ = std::move(name);
    fd_ = file.release();
  }
}

void OutputFile::open_part() {
  const std::string name = target_ + ".part";
  // Whoever held it until now may have renamed or removed it meanwhile.
  while (!lock_part(name)) {
  }
  temporary_ = name;
  kept_ = size_ > 0;
}

/// False if what was locked is no longer found by that name.
bool OutputFile::lock_part(const std::string& name) {
  // Not blocking: at a FIFO this would wait.
  constexpr int kFlags =
      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  Descriptor part(::open(name.c_str(), kFlags, 0666));
  if (!part.valid() && errno == ENOENT) fail_no_folder(path_, target_);
  if (!part.valid()) fail_errno(name);
  const Locking locking = try_lock(part.get(), name);
  if (locking == Locking::kBusy)
    fail("{}: another process is writing it", name);
  is_locked_ = locking == Locking::kHeld;
  struct stat status = {};
  if (::fstat(part.get(), &status) != 0) fail_errno(name);
  if (!S_ISREG(status.st_mode)) fail("{}: not a regular file", name);
  if (!leads_to(name, status)) return false;
  size_ = static_cast<std::uint64_t>(status.st_size);
  fd_ = part.release();
  return true;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      size_(other.size_),
      fd_(std::exchange(other.fd_, -1)),
      kept_(other.kept_),
      is_locked_(other.is_locked_),
      finished_(other.finished_) {}

OutputFile::~OutputFile() {
  // The lock goes last.
  if (!temporary_.empty() && !kept_) ::unlink(temporary_.c_str());
  if (fd_ >= 0 && fd_ != STDOUT_FILENO) ::close(fd_);
}

void OutputFile::write(const void* data, std::size_t size_bytes) {
  // Rows of a few kilobytes are gathered to a megabyte; what is as large as the
  // buffer goes past it.
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
  flush();  // or bytes that are still buffered would come on top
  const auto* bytes = static_cast<const char*>(data);
  write_all(bytes, size_bytes, path_, [&](const char* from, std::size_t n) {
    const auto done = static_cast<std::uint64_t>(from - bytes);
    return ::pwrite(fd_, from, n, static_cast<off_t>(offset_bytes + done));
  });
}

void OutputFile::skip(std::uint64_t size_bytes) {
  flush();
  const auto end = static_cast<off_t>(size_ + size_bytes);
  if (retry([&] { return ::ftruncate(fd_, end); }) != 0 ||
      ::lseek(fd_, end, SEEK_SET) < 0)
    fail_errno(path_);
  size_ += size_bytes;
}

void OutputFile::flush() {
  write_all(
      buffer_.data(), buffer_.size(), path_,
      [&](const char* from, std::size_t n) { return ::write(fd_, from, n); });
  buffer_.clear();
}

void OutputFile::truncate(std::uint64_t size_bytes) {
  const auto size = static_cast<off_t>(size_bytes);
  if (retry([&] { return ::ftruncate(fd_, size); }) != 0 ||
      ::lseek(fd_, size, SEEK_SET) < 0)
    fail_errno(path_);
  size_ = size_bytes;
  // An older part of which nothing stays is a new file: it goes with a failure.
  kept_ = size_bytes > 0;
}

void OutputFile::finish() {
  if (finished_) return;
  flush();
  if (is_regular() && ::fsync(fd_) != 0) fail_errno(path_);
  // A regular file stays open, and so locked, until it has its name.
  if (!is_regular() && fd_ != STDOUT_FILENO) {
    const int fd = std::exchange(fd_, -1);
    // Linux has closed the file also when a signal came in between.
    if (::close(fd) != 0 && errno != EINTR) fail_errno(path_);
  }
  finished_ = true;
}

void OutputFile::commit() {
  finish();
  if (!is_regular()) return;
  // Synced before: a name must never lead to a file whose bytes are not there.
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_errno(path_);
  temporary_.clear();
  ::close(std::exchange(fd_, -1));
  sync_folder_of(target_);
}

}  // namespace imsearch
