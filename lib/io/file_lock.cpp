#include "io/file_lock.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace imsearch {

FileLock::FileLock(const std::string& path) {
  while (!hold(path)) {
  }
}

/// False if the file that was waited for has been replaced meanwhile.
bool FileLock::hold(const std::string& path) {
  // Not blocking: at a FIFO this would wait.
  file_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file_.valid()) fail("{}: {}", path, errno_text(errno));
  while (::flock(file_.get(), LOCK_EX) != 0 && errno == EINTR)
    check_interrupt();
  struct stat held = {};
  struct stat named = {};
  if (::fstat(file_.get(), &held) != 0 || ::stat(path.c_str(), &named) != 0)
    fail("{}: {}", path, errno_text(errno));
  return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

}  // namespace imsearch
