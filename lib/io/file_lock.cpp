// Locks by flock(2): they belong to the open file, end with its descriptor even
// when the process is killed, and keep away other threads as well as processes
// (fcntl's belong to the process, and closing any descriptor ends them).
#include "io/file_lock.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace imsearch {
namespace {

/// What a file system without locks answers: NFS whose server has no lock
/// daemon ENOLCK, Lustre mounted without -o flock ENOSYS, others EOPNOTSUPP.
bool has_no_locks(int error_number) {
  return error_number == ENOLCK || error_number == ENOSYS ||
         error_number == EOPNOTSUPP;
}

/// LOCK_EX, maybe with LOCK_NB. Waits again after a signal, unless it ends us.
Locking lock(int fd, int operation, const std::string& path) {
  while (::flock(fd, operation) != 0) {
    if (errno == EWOULDBLOCK) return Locking::kBusy;
    if (has_no_locks(errno)) return Locking::kUnknown;
    if (errno != EINTR)
      fail("{}: cannot be locked: {}", path, errno_text(errno));
    check_interrupt();
  }
  return Locking::kHeld;
}

}  // namespace

Locking try_lock(int fd, const std::string& path) {
  return lock(fd, LOCK_EX | LOCK_NB, path);
}

FileLock::FileLock(const std::string& path) {
  // A file that is replaced while it is waited for leaves us with a lock on
  // what nobody will open again: the new one is to be locked then.
  while (!hold(path)) {
  }
}

void FileLock::share_with_children() const {
  if (::fcntl(file_.get(), F_SETFD, 0) != 0)
    fail("fcntl: {}", errno_text(errno));
}

/// False if the file that was waited for has been replaced meanwhile.
bool FileLock::hold(const std::string& path) {
  // Not blocking: at a FIFO this would wait.
  file_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!file_.valid()) fail("{}: {}", path, errno_text(errno));
  held_ = lock(file_.get(), LOCK_EX, path) == Locking::kHeld;
  struct stat held = {};
  struct stat named = {};
  if (::fstat(file_.get(), &held) != 0 || ::stat(path.c_str(), &named) != 0)
    fail("{}: {}", path, errno_text(errno));
  return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

}  // namespace imsearch
