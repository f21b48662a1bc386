// Fills a graph with rows, in an order that many threads can share.
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "index/hnsw_graph.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <vector>

namespace imsearch {
namespace {

/// Few enough that threads end together, enough that they seldom ask for more.
constexpr std::size_t kRowsOfBlock = 8;
constexpr double kProgressEvery_s = 0.1;

/// Rate-limits progress callbacks; never concurrent.
class ProgressGate {
 public:
  explicit ProgressGate(const OnProgress& on_progress)
      : on_progress_(on_progress) {}

  void add(std::size_t rows) {
    const std::size_t done = done_ += rows;
    const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
    if (!lock || !on_progress_ || watch_.seconds() < next_s_) return;
    next_s_ = watch_.seconds() + kProgressEvery_s;
    on_progress_(done);
  }

  void finish() {
    if (on_progress_) on_progress_(done_);
  }

 private:
  const OnProgress& on_progress_;
  Stopwatch watch_;
  double next_s_ = 0;
  std::mutex mutex_;
  std::atomic<std::size_t> done_{0};
};

}  // namespace

void insert_rows(HnswGraph& graph, std::size_t first, const ShortCodes& codes,
                 unsigned threads, const OnProgress& on_progress) {
  std::vector<std::uint32_t> order(codes.rows - first);
  std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(first));
  // Rows with upper levels, and the first of all, go in alone
  // (HnswGraph::insert says why).
  const auto level0 = std::stable_partition(
      order.begin(), order.end(),
      [&](std::uint32_t i) { return graph.level(i) > 0; });
  const std::size_t alone = std::min(
      order.size(), std::max<std::size_t>(
                        1, static_cast<std::size_t>(level0 - order.begin())));

  ProgressGate progress(on_progress);
  const auto insert = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      check_interrupt();
      graph.insert(order[i]);
      progress.add(1);
    }
  };
  insert(0, alone);
  parallel_for(order.size() - alone, kRowsOfBlock, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 insert(alone + begin, alone + end);
               });
  progress.finish();
}

}  // namespace imsearch
