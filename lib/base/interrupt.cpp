#include "base/interrupt.h"

#include "base/error.h"

#include <atomic>
#include <csignal>

namespace imsearch {
namespace {

// Lock-free, so it may be set in a handler and read by any thread.
std::atomic<int> pending_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

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
  catch_signal(SIGINT);
  catch_signal(SIGTERM);
  catch_signal(SIGHUP);   // a closed terminal
  catch_signal(SIGPIPE);  // the reader of our output is gone
  std::signal(SIGXFSZ, SIG_IGN);
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
