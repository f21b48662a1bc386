#include "serve/connections.h"

#include <sys/socket.h>

#include <algorithm>

namespace imsearch {
namespace {

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
  all_[key] = {socket, Stage::kIdle, Clock::now()};
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

void Connections::sweep_until_end() {
  std::unique_lock lock(mutex_);
  while (!end_.wait_for(lock, std::chrono::seconds(1),
                        [this] { return ended_; })) {
    const Clock::time_point now = Clock::now();
    for (const auto& [key, connection] : all_) {
      const int limit = limit_of(connection.stage);
      if (limit > 0 && now - connection.since > std::chrono::seconds(limit))
        ::shutdown(connection.socket, SHUT_RDWR);
    }
  }
}

}  // namespace imsearch
