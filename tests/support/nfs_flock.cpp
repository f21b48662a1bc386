// flock() as other file systems have it, to be preloaded: as NFS, which locks
// for writing only what is open for writing; or, with TEST_FLOCK_ERRNO, one
// that always fails so.
#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdlib>

extern "C" int flock(int fd, int operation) noexcept {
  if (const char* error_number = std::getenv("TEST_FLOCK_ERRNO")) {
    errno = std::atoi(error_number);
    return -1;
  }
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return -1;
  if ((operation & LOCK_EX) != 0 && (flags & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    return -1;
  }
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  const bool waits = (operation & LOCK_NB) == 0;
  return ::fcntl(fd, waits ? F_OFD_SETLKW : F_OFD_SETLK, &whole);
}
