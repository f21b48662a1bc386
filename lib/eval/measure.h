// Chooses queries, runs them through any searcher, and takes the time.
//
// A searcher is a function from a query's number to its hits: an index, exact
// search, or a service behind a network.
#pragma once

#include "base/search.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace imsearch {

/// `count` different rows of [0, rows), rising; all of them if count >= rows.
/// The same seed gives the same rows on every machine.
std::vector<std::uint32_t> sample_rows(std::size_t rows, std::size_t count,
                                       std::uint64_t seed);

/// Answers query `query`; `thread` (0 …) tells concurrent calls apart, for
/// per-thread scratch memory. May throw.
using Searching = std::function<Hits(std::size_t query, unsigned thread)>;

struct SingleRun {
  std::vector<Hits> hits;          // of each query
  std::vector<double> latency_us;  // of each query
};

/// The queries 0 … count - 1 one after the other, as thread 0. Stops with
/// Interrupted on SIGINT.
SingleRun run_singly(std::size_t count, const Searching& searching);

/// The queries 0 … count - 1 shared out over `threads` threads (0: all CPUs);
/// gives the seconds from the first to the end of the last. Answers are not
/// kept.
double run_batch(std::size_t count, unsigned threads,
                 const Searching& searching);

/// Statistics of measured times.
struct LatencySummary {
  std::size_t count = 0;
  double mean = 0;
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

/// In the unit of the values. A percentile is the smallest value with at least
/// that share of values at or below it (nearest rank). Throws Error if empty.
LatencySummary summarize(std::vector<double> values);

}  // namespace imsearch
