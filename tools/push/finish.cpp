// The end of a load: merge, replicas, warm-up, and a look at the answers.
#include "push/finish.h"

#include "common/cli.h"

#include "base/progress.h"
#include "base/stopwatch.h"
#include "remote/loading.h"

#include <fmt/format.h>

#include <functional>

namespace imsearch {
namespace {

void say(bool quiet, const std::string& text) {
  if (!quiet) cli::say(text);
}

/// To be called often: says "WHAT for 20 s" every ten seconds.
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
  say(quiet, fmt::format("merging {}, to one a shard",
                         before ? fmt::format("{} segment{}", grouped(*before),
                                              *before == 1 ? "" : "s")
                                : "all segments"));
  const auto left = force_merge(client, shards, reminder("merging", quiet));
  if (left && *left > shards)
    cli::say(
        fmt::format("{} segments are left in {} shards: searches are slower "
                    "than they might be; the service's log says why",
                    *left, shards));
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
        "replicas are set; whether they are in place may not be "
        "asked");
  else if (*missing > 0)
    cli::say(fmt::format(
        "{} copies of shards are not in place yet: GET /_cluster/health tells",
        *missing));
  else
    say(quiet, fmt::format("replicas are in place, after {}",
                           human_duration(watch.seconds())));
}

/// Searches would load them one by one: that is slower, and no failure.
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

void set_replicas(HttpClient& client, const IndexMeta& meta, bool quiet) {
  copy_replicas(client, meta, quiet);
  mark_finished(client, meta);
}

}  // namespace imsearch
