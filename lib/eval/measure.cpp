// Choosing queries, running them, and taking the time. Latency is measured one
// query at a time and throughput with all threads at once: under load a query
// also waits for its turn, so neither can be had from the other.
#include "eval/measure.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/random.h"
#include "base/stopwatch.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace imsearch {
namespace {

/// The smallest value with `percent` of all at or below it: rank = ceil(n p /
/// 100), counted from 1.
double nearest_rank(const std::vector<double>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank - 1];
}

}  // namespace

std::vector<std::uint32_t> sample_rows(std::size_t rows, std::size_t count,
                                       std::uint64_t seed) {
  std::vector<std::uint32_t> all;
  if (count >= rows) {
    all.resize(rows);
    std::iota(all.begin(), all.end(), 0U);
    return all;
  }
  // Floyd's method (Bentley and Floyd, CACM 30(9), 1987): count draws, whatever
  // the number of rows.
  Random random(seed);
  std::set<std::uint32_t> chosen;
  for (std::size_t last = rows - count; last < rows; ++last) {
    const auto row = static_cast<std::uint32_t>(random.below(last + 1));
    if (!chosen.insert(row).second)
      chosen.insert(static_cast<std::uint32_t>(last));
  }
  return {chosen.begin(), chosen.end()};
}

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

LatencySummary summarize(std::vector<double> values) {
  if (values.empty()) fail("no times were measured");
  std::sort(values.begin(), values.end());
  LatencySummary summary;
  summary.count = values.size();
  summary.mean = std::accumulate(values.begin(), values.end(), 0.0) /
                 static_cast<double>(values.size());
  summary.p50 = nearest_rank(values, 50);
  summary.p95 = nearest_rank(values, 95);
  summary.p99 = nearest_rank(values, 99);
  return summary;
}

}  // namespace imsearch
