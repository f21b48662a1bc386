// A handler may do next to nothing, so ours notes the signal's number and
// returns. The work looks at it between rows and throws; what waits in a system
// call is woken by the signal, since no call is restarted.
#include "base/interrupt.h"

#include "base/error.h"

#include <poll.h>

#include <array>
#include <atomic>
#include <csignal>

namespace imsearch {
namespace {

// Lock-free, so it may be set in a handler and read by any thread.
std::atomic<int> pending_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

/// Those that ask to stop; SIGHUP: a closed terminal.
constexpr std::array kStopSignals = {SIGINT, SIGTERM, SIGHUP};

void on_signal(int number) {
  pending_signal = number;
}

void catch_signal(int number) {
  struct sigaction old = {};
  sigaction(number, nullptr, &old);
  // A shell starts background jobs with SIGINT ignored, nohup does alike.
  if (old.sa_handler == SIG_IGN) return;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  // Back to the default after the first: the second signal kills, unless it is
  // the next write to a broken pipe. No SA_RESTART: the first must end a read
  // that waits.
  action.sa_flags = number == SIGPIPE ? 0 : static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

}  // namespace

void catch_interrupts() {
  for (const int number : kStopSignals) catch_signal(number);
  catch_signal(SIGPIPE);  // the reader of our output is gone
  std::signal(SIGXFSZ, SIG_IGN);
}

void wait_readable(int fd) {
  // A signal that comes between the check and the wait would be slept through:
  // it is held back until ppoll lets it in.
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  for (const int number : kStopSignals) sigaddset(&held, number);
  ::pthread_sigmask(SIG_BLOCK, &held, &before);
  if (!interrupted()) {
    pollfd input = {fd, POLLIN, 0};
    ::ppoll(&input, 1, nullptr, &before);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool interrupted() {
  return pending_signal != 0;
}

void check_interrupt() {
  if (interrupted()) throw Interrupted();
}

int interrupt_signal() {
  return pending_signal;
}

}  // namespace imsearch
