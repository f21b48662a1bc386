#include "serve/work_line.h"

#include <utility>

namespace imsearch {

WorkLine::WorkLine(unsigned threads, std::size_t most) : most_(most) {
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back([this] { work_until_end(); });
}

WorkLine::~WorkLine() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkLine::take(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (line_.size() >= most_) return false;
    line_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

std::size_t WorkLine::waiting() const {
  const std::lock_guard lock(mutex_);
  return line_.size();
}

std::size_t WorkLine::working() const {
  const std::lock_guard lock(mutex_);
  return working_;
}

void WorkLine::work_until_end() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || !line_.empty(); });
    if (line_.empty()) return;
    const Work work = std::move(line_.front());
    line_.pop_front();
    ++working_;
    lock.unlock();
    work();
    lock.lock();
    --working_;
  }
}

}  // namespace imsearch
