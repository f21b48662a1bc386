#include "common/standard_input.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <unistd.h>

#include <cerrno>

namespace imsearch {

std::size_t read_input(char* to, std::size_t size_bytes) {
  for (;;) {
    wait_readable(STDIN_FILENO);
    check_interrupt();
    const ssize_t got = ::read(STDIN_FILENO, to, size_bytes);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail("standard input: {}", errno_text(errno));
  }
}

}  // namespace imsearch
