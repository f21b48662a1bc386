// Any file as a stream. Reading waits by ppoll(2) (base/interrupt.h), so that a
// signal which comes before the wait begins is noticed as well as one during
// it.
#include "io/input_file.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace imsearch {

InputFile::InputFile(const std::string& path)
    : name_(path == "-" ? "standard input" : path), fd_(STDIN_FILENO) {
  if (path == "-") return;
  // Opening a FIFO waits for its writer: ^C must end the wait.
  while ((fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) < 0) {
    if (errno != EINTR) fail("{}: {}", name_, errno_text(errno));
    check_interrupt();
  }
}

InputFile::~InputFile() {
  if (fd_ != STDIN_FILENO) ::close(fd_);
}

std::size_t InputFile::read(void* data, std::size_t size_bytes) {
  for (;;) {
    wait_readable(fd_);
    check_interrupt();
    const ssize_t n = ::read(fd_, data, size_bytes);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) fail("{}: {}", name_, errno_text(errno));
  }
}

}  // namespace imsearch
