// The end of a load: the count of rows, the merge, replicas, warm-up, and a
// look at the answers.
//
// The order matters. Rows are counted first, since nothing else is worth doing
// if some are missing. Replicas come after the merge, so that merged segments
// are copied instead of being merged once more on each node. Only at the very
// end is the load marked as finished: a run that is cut short before repeats
// all of it.
//
// The look at the answers asks for some rows and compares what comes back with
// exact search here, so that a wrong setting shows now and not in use.
#include "push/finish.h"

#include "common/cli.h"
#include "common/progress_line.h"

#include "base/matrix.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "eval/measure.h"
#include "eval/recall.h"
#include "remote/loading.h"
#include "remote/remote_index.h"
#include "search/service_ground_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

void say(bool quiet, const std::string& text) {
  if (!quiet) cli::say(text);
}

/// A function to be called often, which says "WHAT for 20 s" every ten seconds.
std::function<void()> reminder(const std::string& what, bool quiet) {
  constexpr double kEveryS = 10;
  return [what, quiet, watch = Stopwatch(), next_s = kEveryS]() mutable {
    if (watch.seconds() < next_s) return;
    next_s += kEveryS;
    say(quiet, fmt::format("{} for {}", what, human_duration(watch.seconds())));
  };
}

void merge(HttpClient& client, std::size_t shards, bool quiet) {
  const Stopwatch watch;
  const auto before = count_segments(client);
  say(quiet,
      fmt::format("merging {}, to one a shard",
                  before ? counted(*before, "segment") : "all segments"));
  const auto left = force_merge(client, shards, reminder("merging", quiet));
  if (left && *left > shards)
    cli::say(fmt::format(
        "{} are left in {}: searches are slower than they might be; "
        "the service's log says why",
        counted(*left, "segment"), counted(shards, "shard")));
  say(quiet,
      fmt::format("merged{} in {}", left ? fmt::format(" to {}", *left) : "",
                  human_duration(watch.seconds())));
}

void copy_replicas(HttpClient& client, const IndexMeta& meta, bool quiet) {
  restore_settings(client, meta);
  if (meta.spec.replicas == 0) return;
  const Stopwatch watch;
  const auto missing = wait_for_replicas(client, reminder("copying", quiet));
  if (!missing)
    cli::say(
        "replicas are set; this user may not ask whether they are in place");
  else if (*missing > 0)
    cli::say(
        fmt::format("shard copies that are not in place yet: {}; GET "
                    "/_cluster/health tells more",
                    *missing));
  else
    say(quiet, fmt::format("replicas are in place, after {}",
                           human_duration(watch.seconds())));
}

/// Loads the graphs into memory. Where this user may not do that, searches load
/// them one by one: that is slower, but not a failure.
void bring_into_memory(HttpClient& client, const Dialect& dialect, bool quiet) {
  const Stopwatch watch;
  try {
    if (warm_up(client, dialect))
      say(quiet, fmt::format("graphs are in memory, after {}",
                             human_duration(watch.seconds())));
  } catch (const ServiceError& e) {
    if (e.status != 403) throw;
    cli::say(fmt::format("not warmed up: {}", e.what()));
  }
}

void mark_finished(HttpClient& client, IndexMeta meta) {
  meta.rows = *meta.loading_to;
  meta.loading_to.reset();
  write_meta(client, meta);
}

/// Throws Error if searches do not find as many rows as there should be: those
/// from before the load, and those that it stored or found there.
void compare_count(HttpClient& client, const IndexMeta& meta,
                   const BulkTotals& totals) {
  const std::size_t expected =
      meta.rows_before + totals.stored + totals.skipped;
  const std::size_t there = count_rows(client);
  if (there != expected)
    fail(
        "{}: {} rows are there, but {} were stored: the same push sends what "
        "is missing",
        client.endpoint().url.text(), grouped(there), grouped(expected));
}

constexpr std::size_t kSamples = 100;
constexpr std::size_t kTop = 10;
constexpr std::uint64_t kSeed = 1;

/// The answers to all queries, in their order, and the time each took.
struct Asked {
  std::vector<Hits> found;  // with exact distances
  std::vector<double> round_trip_ms;
  std::vector<double> took_ms;
};

Asked ask_all(const RemoteIndex& index, const ServiceGroundTruth& truth,
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

/// Some rows that the service holds, as queries. A row of zeros cannot be asked
/// for in space cosine, and is left out.
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

void finish_load(HttpClient& client, const Dialect& dialect,
                 const IndexMeta& meta, const BulkTotals& totals, bool quiet) {
  refresh(client);
  compare_count(client, meta, totals);
  merge(client, meta.spec.shards, quiet);
  copy_replicas(client, meta, quiet);
  bring_into_memory(client, dialect, quiet);
  mark_finished(client, meta);
}

// The load is finished already; marking it again stores the new number of
// replicas in the mapping.
void set_replicas(HttpClient& client, const IndexMeta& meta, bool quiet) {
  copy_replicas(client, meta, quiet);
  mark_finished(client, meta);
}

void check_answers(const Endpoint& endpoint, const PushInputs& inputs,
                   bool quiet) {
  const RemoteIndex index(endpoint);
  std::optional<cli::ProgressLine> line;
  line.emplace("compares answers with exact search", 0, quiet);
  const Matrix queries = sample(index, inputs);
  if (queries.rows() == 0) return;
  const ServiceGroundTruth truth(index, inputs.path());
  // Asked twice: the first time brings graphs and vectors into memory, and only
  // the second is reported.
  ask_all(index, truth, queries);
  const Asked asked = ask_all(index, truth, queries);
  if (quiet) return;
  const std::vector<Hits> nearest = truth.search(queries.view(), kTop, 0, {});
  line.reset();
  cli::say(fmt::format(
      "{} rows asked for: recall@{} is {:.4f} at ef {}, {:.1f} ms a query of "
      "which {:.1f} are the service's (median), {:.1f} ms at the 95th "
      "percentile",
      queries.rows(), kTop, mean_recall(asked.found, nearest),
      index.meta().spec.ef, summarize(asked.round_trip_ms).p50,
      summarize(asked.took_ms).p50, summarize(asked.round_trip_ms).p95));
}

}  // namespace imsearch
