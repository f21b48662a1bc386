#include "serve/connections.h"

#include <sys/socket.h>

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::chrono::seconds kPeriod(1);
/// A sweep that is so late was not only waiting for a CPU.
constexpr std::chrono::seconds kStopped(5);

/// The seconds that a stage may take; 0: as long as it likes.
int limit_of(Stage stage) {
  switch (stage) {
    case Stage::kIdle:
      return Connections::kIdleSeconds;
    case Stage::kBody:
      return Connections::kBodySeconds;
    case Stage::kSending:
      return Connections::kSendingSeconds;
    case Stage::kWork:
      break;
  }
  return 0;
}

/// Whether the client has sent its last byte, and all of them were read.
bool has_ended(int socket) {
  char byte = 0;
  return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

Connections::Connections() : sweeper_([this] { sweep_until_end(); }) {}

Connections::~Connections() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  end_.notify_all();
  sweeper_.join();
}

void Connections::add(const void* key, int socket) {
  const std::lock_guard lock(mutex_);
  all_[key] = {socket, Stage::kIdle, Clock::now(), false};
}

void Connections::remove(const void* key) {
  const std::lock_guard lock(mutex_);
  all_.erase(key);
}

void Connections::set_stage(const void* key, Stage stage) {
  const std::lock_guard lock(mutex_);
  const auto found = all_.find(key);
  if (found == all_.end()) return;
  found->second.stage = stage;
  found->second.since = Clock::now();
  found->second.is_gone = false;
}

std::size_t Connections::open() const {
  const std::lock_guard lock(mutex_);
  return all_.size();
}

std::size_t Connections::busy() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(),
      [](const auto& entry) { return entry.second.stage != Stage::kIdle; }));
}

void Connections::sweep(Connection& connection, Clock::time_point now) {
  const int limit = limit_of(connection.stage);
  bool over = limit > 0 && now - connection.since > std::chrono::seconds(limit);
  if (connection.stage == Stage::kIdle || connection.stage == Stage::kBody) {
    // At the second look: what was read just now may be a whole request, whose
    // client waits for the answer.
    const bool is_gone = has_ended(connection.socket);
    over = over || (is_gone && connection.is_gone);
    connection.is_gone = is_gone;
  }
  if (over) ::shutdown(connection.socket, SHUT_RDWR);
}

void Connections::sweep_until_end() {
  std::unique_lock lock(mutex_);
  Clock::time_point last = Clock::now();
  while (!end_.wait_for(lock, kPeriod, [this] { return ended_; })) {
    const Clock::time_point now = Clock::now();
    // While this process was stopped, clients could not go on either.
    const Clock::duration late = now - last - kPeriod;
    last = now;
    for (auto& [key, connection] : all_) {
      if (late > kStopped)
        connection.since = std::min(now, connection.since + late);
      sweep(connection, now);
    }
  }
}

}  // namespace imsearch
