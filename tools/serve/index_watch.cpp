#include "serve/index_watch.h"

#include "common/cli.h"

#include <chrono>
#include <new>
#include <string>
#include <utility>

namespace imsearch {
namespace {

/// How soon a new file is noticed. Asked for, not told of: that works on every
/// file system.
constexpr std::chrono::milliseconds kPeriod(200);

}  // namespace

IndexWatch::IndexWatch(const ServedIndexes& indexes)
    : indexes_(&indexes), thread_([this] { look_until_end(); }) {}

IndexWatch::~IndexWatch() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void IndexWatch::look_now() {
  {
    const std::lock_guard lock(mutex_);
    now_ = true;
  }
  changed_.notify_all();
}

void IndexWatch::look(bool anyway) const {
  try {
    for (const auto& served : *indexes_)
      if (const std::string said = served->refresh(anyway); !said.empty())
        cli::say(said);
  } catch (const std::bad_alloc&) {
    // There may be memory the next time.
  }
}

void IndexWatch::look_until_end() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    changed_.wait_for(lock, kPeriod, [this] { return ended_ || now_; });
    const bool anyway = std::exchange(now_, false);
    lock.unlock();
    look(anyway);
    lock.lock();
  }
}

}  // namespace imsearch
