// The network without its surroundings: each replica goes round inputs that are
// in memory. A first round is not timed, since oneDNN sets itself up then and
// pages are touched for the first time. It is in the thread that is timed
// afterwards: libtorch prepares for CUDA in each thread anew.
#include "embed/network_speed.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/stopwatch.h"

#include <condition_variable>
#include <ctime>
#include <memory>
#include <mutex>
#include <numeric>

namespace imsearch {
namespace {

using Inputs = std::vector<std::vector<float>>;

/// Goes round the inputs until `seconds` have passed, and at least once.
std::size_t run(Engine& engine, const Inputs& inputs, double seconds) {
  std::vector<float> features(engine.batch() * engine.dim());
  std::vector<const float*> from(engine.batch());
  std::vector<float*> to(engine.batch());
  std::size_t images = 0;
  const Stopwatch watch;
  do {
    check_interrupt();
    for (std::size_t i = 0; i < engine.batch(); ++i) {
      from[i] = inputs[images++ % inputs.size()].data();
      to[i] = features.data() + i * engine.dim();
    }
    engine.embed_batch(from, to);
  } while (images < inputs.size() || watch.seconds() < seconds);
  return images;
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Threads that are warm wait here until all are; then the clocks run.
class Start {
 public:
  explicit Start(unsigned threads) : awaited_(threads) {}

  void arrive() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--awaited_ > 0) return;
    cpu_before_s_ = cpu_seconds();
    watch_ = Stopwatch();
    all_here_.notify_all();
  }
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    all_here_.wait(lock, [&] { return awaited_ == 0; });
  }

  double wall_s() const { return watch_.seconds(); }
  double cpu_s() const { return cpu_seconds() - cpu_before_s_; }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  unsigned awaited_;
  double cpu_before_s_ = 0;
  Stopwatch watch_;
};

}  // namespace

NetworkSpeed measure_network(const Engine& engine, const Inputs& inputs,
                             unsigned threads, double seconds) {
  std::vector<std::unique_ptr<Engine>> engines;
  for (unsigned t = 0; t < threads; ++t) engines.push_back(engine.clone());
  std::vector<std::size_t> images(threads);
  Start start(threads);
  parallel_for(threads, 1, threads, [&](std::size_t t, std::size_t, unsigned) {
    try {
      run(*engines[t], inputs, 0);
    } catch (...) {
      start.arrive();  // nobody waits for one that failed
      throw;
    }
    start.arrive();
    start.wait();
    images[t] = run(*engines[t], inputs, seconds);
  });
  return {std::accumulate(images.begin(), images.end(), std::size_t{0}),
          start.wall_s(), start.cpu_s()};
}

}  // namespace imsearch
