#include "base/interrupt.h"

#include "base/error.h"

#include <atomic>
#include <csignal>

namespace imsearch {
namespace {

// Lock-free, so it may be set in a handler and read by any thread.
std::atomic<int> pending_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int number) { pending_signal = number; }

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  // Back to the default after the first: the second signal kills.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return pending_signal != 0; }

void check_interrupt() {
  if (interrupted()) throw Interrupted();
}

int interrupt_signal() { return pending_signal; }

}  // namespace imsearch
