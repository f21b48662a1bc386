#include "standard_input.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace imsearch {
namespace {

/// Waits for bytes, the end, or a signal. A signal that comes between the check
/// and the wait would be slept through: it is held back until ppoll lets it in.
void wait_for_input() {
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &held, &before);
  if (!interrupted()) {
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    ::ppoll(&input, 1, nullptr, &before);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  check_interrupt();
}

}  // namespace

std::size_t read_input(char* to, std::size_t size_bytes) {
  for (;;) {
    wait_for_input();
    const ssize_t got = ::read(STDIN_FILENO, to, size_bytes);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail("standard input: {}", errno_text(errno));
  }
}

}  // namespace imsearch
