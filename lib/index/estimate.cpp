// What a build will need. Memory and disk follow from the sizes of the parts.
// Time is measured: a sample of rows is coded and inserted into a small graph.
//
// An insertion walks through the graph, and a walk takes steps in proportion to
// the logarithm of the rows; so the time of a row in the sample is multiplied
// by log(rows) / log(sample), and by what it costs that a large graph does not
// fit the cache.
#include "index/estimate.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/hnswlib_file.h"
#include "index/index_impl.h"
#include "index/row_coder.h"
#include "index/serialize.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kSampledRows = 1000;
/// Inserting a row into a large graph takes so many times longer than into that
/// of the sample, which stays in the cache; measured at 100,000 and at a
/// million rows.
constexpr double kOutOfCache = 2.3;

/// So many rows take more than what does not depend on them.
constexpr std::size_t kManyRows = std::size_t{1} << 20;

/// OutputFile's buffer.
constexpr std::uint64_t kOutputBytes = std::uint64_t{1} << 20;

/// Memory that a build holds codes in. The short ones of an index file, which
/// the graph is built of, are mapped from it: pages that the system may drop.
std::uint64_t code_bytes(std::size_t rows, std::size_t dim, std::size_t width,
                         IndexFormat format, bool regular) {
  const std::uint64_t piece = std::min(RowCoder::memory_bytes(dim, width),
                                       coded_rows_bytes(rows, dim, width));
  if (format == IndexFormat::kHnswlib)
    return piece + std::uint64_t{rows} * width;
  return regular ? piece : piece + coded_rows_bytes(rows, dim, width);
}

/// Seconds that coding and inserting all rows takes, from doing so with a few.
double estimate_seconds(const VectorSet& vectors, const HnswParams& params,
                        const ReductionView& reduction, unsigned threads) {
  const std::size_t rows = vectors.rows();
  const std::size_t sample = std::min(kSampledRows, rows / 10);
  if (sample < 2) return 0;
  const auto row_of = [&](std::size_t i) { return i * (rows / sample); };
  // Before the clock runs: rows that are this far apart come from a disk far
  // slower than all rows in order.
  for (std::size_t i = 0; i < sample; ++i) vectors.fetch_row(row_of(i));
  std::vector<float> unit(vectors.dim());
  for (std::size_t i = 0; i < sample; ++i)
    vectors.read_unit(row_of(i), unit.data());
  const Stopwatch watch;
  const CodedRows coded =
      code_rows(vectors, reduction, sample, row_of, threads);
  const ShortCodes codes = {coded.rows, coded.width, coded.reduced.data(),
                            reduction.projects};
  HnswGraph graph(codes, params);
  insert_rows(graph, 0, codes, threads, {});
  const double growth = std::log(static_cast<double>(rows)) /
                        std::log(static_cast<double>(sample));
  return watch.seconds() * static_cast<double>(rows) /
         static_cast<double>(sample) * growth * kOutOfCache;
}

}  // namespace

BuildNeeds estimate_build(const VectorSet& vectors, const Names& names,
                          const HnswParams& params,
                          const ReductionView& reduction, unsigned threads,
                          IndexFormat format, bool regular) {
  if (threads == 0) threads = usable_cpus();
  IndexInfo info;
  info.rows = vectors.rows();
  info.dim = vectors.dim();
  info.params = params;
  const auto beside_names = [&](std::size_t rows) {
    return kOutputBytes + HnswGraph::memory_bytes(rows, params, threads) +
           code_bytes(rows, info.dim, reduction.width, format, regular);
  };
  BuildNeeds needs;
  needs.held_bytes = names.memory_bytes();
  needs.memory_bytes = needs.held_bytes + beside_names(info.rows);
  // Beyond what any build takes, such as buffers.
  const std::size_t many = std::max(info.rows, kManyRows);
  needs.row_bytes = (beside_names(2 * many) - beside_names(many)) / many +
                    (info.rows > 0 ? needs.held_bytes / info.rows : 0);
  needs.disk_bytes = format == IndexFormat::kHnswlib
                         ? hnswlib_bytes(info.rows, info.dim, params)
                         : serialized_bytes(names, info, reduction);
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
