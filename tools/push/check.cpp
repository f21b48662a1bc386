// check_answers() of finish.h.
#include "common/cli.h"
#include "push/finish.h"

#include "base/matrix.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "eval/measure.h"
#include "eval/recall.h"
#include "remote/remote_index.h"
#include "search/service_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kSamples = 100;
constexpr std::size_t kTop = 10;
constexpr std::uint64_t kSeed = 1;

struct Asked {
  std::vector<Hits> found;  // with exact distances
  std::vector<double> round_trip_ms;
  std::vector<double> took_ms;
};

Asked ask_all(const RemoteIndex& index, const ServiceTruth& truth,
              const Matrix& queries) {
  RemoteSearcher searcher(index);
  SearchParams params;
  params.k = kTop;
  params.ef = index.meta().spec.ef;
  Asked asked;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const Stopwatch watch;
    Answer answer = searcher.search(queries.row(q), params);
    asked.round_trip_ms.push_back(watch.milliseconds());
    asked.took_ms.push_back(answer.took_ms);
    asked.found.push_back(std::move(answer.hits));
    truth.compare_exactly(queries.row(q), asked.found.back());
  }
  return asked;
}

/// Rows that the service holds, as queries. A row of zeros is none.
Matrix sample(const RemoteIndex& index, const PushInputs& inputs) {
  RemoteSearcher searcher(index);
  std::vector<std::vector<float>> units;
  for (const std::uint32_t row : searcher.sample(kSamples, kSeed)) {
    std::vector<float> unit(inputs.dim());
    inputs.vectors().read_unit(row, unit.data());
    if (!is_zero_row(unit.data(), unit.size()))
      units.push_back(std::move(unit));
  }
  Matrix queries(units.size(), inputs.dim());
  for (std::size_t q = 0; q < units.size(); ++q)
    std::copy(units[q].begin(), units[q].end(), queries.row(q));
  return queries;
}

double mean_recall(const std::vector<Hits>& found,
                   const std::vector<Hits>& truth) {
  double sum = 0;
  for (std::size_t q = 0; q < found.size(); ++q)
    sum += recall_at(found[q], truth[q], kTop);
  return sum / static_cast<double>(found.size());
}

}  // namespace

void check_answers(const Endpoint& endpoint, const PushInputs& inputs,
                   bool quiet) {
  const RemoteIndex index(endpoint);
  const Matrix queries = sample(index, inputs);
  if (queries.rows() == 0) return;
  const ServiceTruth truth(index, inputs.path());
  // Twice: the first brings what is searched into memory.
  ask_all(index, truth, queries);
  const Asked asked = ask_all(index, truth, queries);
  if (quiet) return;
  const std::vector<Hits> nearest = truth.search(queries.view(), kTop, 0, {});
  cli::say(fmt::format(
      "{} rows asked for: recall@{} is {:.4f} at ef {}, {:.1f} ms a query of "
      "which {:.1f} are the service's (median), {:.1f} ms at the 95th "
      "percentile",
      queries.rows(), kTop, mean_recall(asked.found, nearest),
      index.meta().spec.ef, summarize(asked.round_trip_ms).p50,
      summarize(asked.took_ms).p50, summarize(asked.round_trip_ms).p95));
}

}  // namespace imsearch
