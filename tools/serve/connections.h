// Which connections are open, and since when they are at what they do: the HTTP
// library ends those that are silent, but not those that send a byte now and
// then. Nor does it see a client go that sent part of a request just before: by
// epoll(7) it is told of both at once, and reads no further (0.9.75).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace imsearch {

/// What a connection does.
enum class Stage {
  kIdle,     // it has not sent the headers of its next request
  kBody,     // it sends a body
  kWork,     // its answer is being made
  kSending,  // its answer is being sent
};

/// Any thread.
class Connections {
 public:
  /// Seconds that a connection may be at one stage; work has limits of its own.
  static constexpr int kIdleSeconds = 75;
  static constexpr int kBodySeconds = 30;
  static constexpr int kSendingSeconds = 60;

  Connections();
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// `key` is any address of the connection's own. The socket is not closed
  /// here, only shut down, and never after remove().
  void add(const void* key, int socket);
  void remove(const void* key);
  void set_stage(const void* key, Stage stage);

  std::size_t open() const;
  /// Those at another stage than kIdle.
  std::size_t busy() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    int socket = -1;
    Stage stage = Stage::kIdle;
    Clock::time_point since;
    bool is_gone = false;  // when looked at last, no byte could come any more
  };

  void sweep_until_end();
  static void sweep(Connection& connection, Clock::time_point now);

  mutable std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::unordered_map<const void*, Connection> all_;
  std::thread sweeper_;
};

}  // namespace imsearch
