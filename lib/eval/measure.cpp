#include "eval/measure.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/stopwatch.h"

namespace imsearch {

SingleRun run_singly(std::size_t count, const Searching& searching) {
  SingleRun run;
  run.hits.reserve(count);
  run.latency_us.reserve(count);
  for (std::size_t query = 0; query < count; ++query) {
    check_interrupt();
    const Stopwatch watch;
    run.hits.push_back(searching(query, 0));
    run.latency_us.push_back(watch.microseconds());
  }
  return run;
}

double run_batch(std::size_t count, unsigned threads,
                 const Searching& searching) {
  // Small blocks even out queries of different cost; each takes well longer
  // than fetching the next block.
  constexpr std::size_t kGrain = 4;
  const Stopwatch watch;
  parallel_for(count, kGrain, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 for (std::size_t query = begin; query < end; ++query)
                   searching(query, thread);
               });
  return watch.seconds();
}

}  // namespace imsearch
