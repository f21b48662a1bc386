#include "serve/acceptor.h"

#include "base/error.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace imsearch {
namespace {

/// After a connection that could not be taken: there is no room for it, or the
/// process may open no more files.
constexpr std::chrono::milliseconds kPause(5);

}  // namespace

Acceptor::Acceptor(Descriptor listening, AcceptOne accept_one)
    : listening_(std::move(listening)),
      wake_(::eventfd(0, EFD_CLOEXEC)),
      accept_one_(std::move(accept_one)) {
  if (!wake_.valid()) fail("eventfd: {}", errno_text(errno));
  thread_ = std::thread([this] { accept_until_end(); });
}

Acceptor::~Acceptor() {
  ended_ = true;
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void Acceptor::accept_until_end() {
  while (!ended_) {
    pollfd ready[] = {{listening_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 || ready[0].revents == 0) continue;
    if (!accept_one_(listening_.get())) std::this_thread::sleep_for(kPause);
  }
}

}  // namespace imsearch
