#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "index/build.h"
#include "index/freeze.h"
#include "index/hnsw_graph.h"
#include "index/insert.h"

#include <algorithm>
#include <cmath>

namespace imsearch {
namespace {

constexpr std::size_t kSampledRows = 1000;

/// Seconds that inserting all rows takes, from inserting a few.
double estimate_seconds(const VectorSet& vectors, const HnswParams& params,
                        unsigned threads) {
  const std::size_t rows = vectors.rows();
  const std::size_t sample = std::min(kSampledRows, rows / 10);
  if (sample < 2) return 0;
  HnswGraph graph(sample, vectors.dim(), params);
  const Stopwatch watch;
  insert_rows(graph, sample, vectors,
              [&](std::size_t i) { return i * (rows / sample); }, threads, {});
  const double growth = std::log(static_cast<double>(rows)) /
                        std::log(static_cast<double>(sample));
  return watch.seconds() * static_cast<double>(rows) /
         static_cast<double>(sample) * growth;
}

}  // namespace

BuildNeeds estimate_build(const VectorSet& vectors, const Names& names,
                          const HnswParams& params, unsigned threads) {
  if (threads == 0) threads = usable_cpus();
  IndexInfo info;
  info.rows = vectors.rows();
  info.dim = vectors.dim();
  info.params = params;
  BuildNeeds needs;
  needs.memory_bytes =
      HnswGraph::memory_bytes(info.rows, info.dim, params, threads);
  needs.disk_bytes = frozen_bytes(names, info);
  needs.seconds = estimate_seconds(vectors, params, threads);
  return needs;
}

}  // namespace imsearch
