// Threads take blocks from a shared counter, so that one with slow blocks takes
// fewer of them. They are started anew for each loop, which costs some tens of
// microseconds: the loops here run for milliseconds and more.
#include "base/parallel_for.h"

#include "base/cgroup.h"
#include "base/interrupt.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace imsearch {

unsigned usable_cpus_below(const std::string& root) {
  unsigned cpus = std::max(1U, std::thread::hardware_concurrency());
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    cpus = static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  return std::min(cpus, cpu_quota_below(root).value_or(cpus));
}

unsigned usable_cpus() {
  static const unsigned cpus = usable_cpus_below("");
  return cpus;
}

void parallel_for(
    std::size_t count, std::size_t grain, unsigned threads,
    const std::function<void(std::size_t, std::size_t, unsigned)>& body) {
  if (count == 0) return;
  grain = std::min(grain, count);  // sums with it must not overflow
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr first_error;
  std::mutex mutex;

  const auto work = [&](unsigned thread) {
    try {
      while (!stop) {
        const std::size_t begin = next.fetch_add(grain);
        if (begin >= count) return;
        check_interrupt();
        body(begin, std::min(begin + grain, count), thread);
      }
    } catch (...) {
      stop = true;
      const std::lock_guard<std::mutex> lock(mutex);
      if (!first_error) first_error = std::current_exception();
    }
  };

  if (threads == 0) threads = usable_cpus();
  const std::size_t blocks = (count + grain - 1) / grain;
  const std::size_t helpers = std::min<std::size_t>(threads, blocks);
  std::vector<std::thread> pool;
  pool.reserve(helpers);
  try {
    for (unsigned t = 1; t < helpers; ++t) pool.emplace_back(work, t);
  } catch (const std::system_error&) {
    // The system gives no more threads: those that run do all the work.
  }
  // The caller is thread 0, so that a loop of one block starts none.
  work(0);
  for (std::thread& thread : pool) thread.join();
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace imsearch
