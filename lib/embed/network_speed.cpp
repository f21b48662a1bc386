// The network without its surroundings: each replica goes round inputs that are
// in memory. A first round is not timed, since oneDNN sets itself up then and
// pages are touched for the first time.
#include "embed/network_speed.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/stopwatch.h"

#include <ctime>
#include <memory>
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

}  // namespace

NetworkSpeed measure_network(const Engine& engine, const Inputs& inputs,
                             unsigned threads, double seconds) {
  std::vector<std::unique_ptr<Engine>> engines;
  for (unsigned t = 0; t < threads; ++t) engines.push_back(engine.clone());
  std::vector<std::size_t> images(threads);
  const auto run_all = [&](double each_s) {
    parallel_for(threads, 1, threads,
                 [&](std::size_t t, std::size_t, unsigned) {
                   images[t] = run(*engines[t], inputs, each_s);
                 });
  };
  run_all(0);
  const double cpu_before = cpu_seconds();
  const Stopwatch watch;
  run_all(seconds);
  return {std::accumulate(images.begin(), images.end(), std::size_t{0}),
          watch.seconds(), cpu_seconds() - cpu_before};
}

}  // namespace imsearch
