// A thread that accepts connections at a listening socket.
#pragma once

#include "io/descriptor.h"

#include <atomic>
#include <functional>
#include <thread>

namespace imsearch {

class Acceptor {
 public:
  /// Accepts one connection at the socket that it is given. False where there
  /// is none, or no room for it: it is called again a little later.
  using AcceptOne = std::function<bool(int listening)>;

  Acceptor(Descriptor listening, AcceptOne accept_one);
  /// Closes the socket: who connects from then on is refused.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  void accept_until_end();

  Descriptor listening_;
  Descriptor wake_;  // an eventfd
  AcceptOne accept_one_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace imsearch
