#include "index/estimate.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/hnswlib_file.h"
#include "index/index_impl.h"
#include "index/serialize.h"

#include <algorithm>
#include <cmath>

namespace imsearch {
namespace {

constexpr std::size_t kSampledRows = 1000;
/// A row among many costs so many times more than in a sample, which stays in
/// the cache. Measured at 100,000 and at a million rows.
constexpr double kOutOfCache = 2.3;

/// What OutputFile holds back before it writes.
constexpr std::uint64_t kOutputBytes = std::uint64_t{1} << 20;

/// Seconds that coding and inserting all rows takes, from doing so with a few.
double estimate_seconds(const VectorSet& vectors, const HnswParams& params,
                        const ReductionView& reduction, unsigned threads) {
  const std::size_t rows = vectors.rows();
  const std::size_t sample = std::min(kSampledRows, rows / 10);
  if (sample < 2) return 0;
  const Stopwatch watch;
  const CodedRows coded = code_rows(
      vectors, reduction, sample,
      [&](std::size_t i) { return i * (rows / sample); }, threads);
  HnswGraph graph(sample, coded.width, params);
  insert_rows(graph, 0, coded, threads, {});
  const double growth = std::log(static_cast<double>(rows)) /
                        std::log(static_cast<double>(sample));
  return watch.seconds() * static_cast<double>(rows) /
         static_cast<double>(sample) * growth * kOutOfCache;
}

}  // namespace

BuildNeeds estimate_build(const VectorSet& vectors, const Names& names,
                          const HnswParams& params,
                          const ReductionView& reduction, unsigned threads,
                          IndexFormat format) {
  if (threads == 0) threads = usable_cpus();
  IndexInfo info;
  info.rows = vectors.rows();
  info.dim = vectors.dim();
  info.params = params;
  BuildNeeds needs;
  needs.held_bytes = names.memory_bytes();
  needs.memory_bytes =
      needs.held_bytes + kOutputBytes +
      HnswGraph::memory_bytes(info.rows, reduction.width, params, threads) +
      coded_rows_bytes(info.rows, info.dim, reduction.width);
  needs.disk_bytes = format == IndexFormat::kHnswlib
                         ? hnswlib_bytes(info.rows, info.dim, params)
                         : frozen_bytes(names, info, reduction);
  needs.seconds = estimate_seconds(vectors, params, reduction, threads);
  return needs;
}

BuildNeeds estimate_append(const Index& index, const VectorSet& vectors,
                           const Names& names,
                           const std::optional<Reduction>& refitted,
                           unsigned threads) {
  BuildNeeds needs = estimate_build(
      vectors, names, index.info().params,
      refitted ? refitted->view() : index.impl().reduction, threads);
  const auto all = static_cast<double>(vectors.rows());
  if (!refitted)
    needs.seconds *= (all - static_cast<double>(index.rows())) / all;
  return needs;
}

}  // namespace imsearch
