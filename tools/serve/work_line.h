// What takes long, done by as many threads as there are cores, in the order of
// asking; who finds the line full is told so at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace imsearch {

class WorkLine {
 public:
  using Work = std::function<void()>;

  /// `most`: how many may wait.
  WorkLine(unsigned threads, std::size_t most);
  /// Does what waits, then ends.
  ~WorkLine();
  WorkLine(const WorkLine&) = delete;
  WorkLine& operator=(const WorkLine&) = delete;

  /// False where the line is full: then nothing was taken. `work` must not
  /// throw.
  bool take(Work work);

  std::size_t waiting() const;
  std::size_t working() const;

 private:
  void work_until_end();

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> line_;
  std::size_t working_ = 0;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace imsearch
