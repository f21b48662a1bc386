#include "bench/figures.h"

#include "eval/measure.h"

#include <algorithm>
#include <string>

namespace imsearch {

Report latency_report(const std::vector<double>& values) {
  const LatencySummary summary = summarize(values);
  return {{"mean", summary.mean},
          {"p50", summary.p50},
          {"p95", summary.p95},
          {"p99", summary.p99}};
}

Report throughput_report(std::size_t queries, unsigned most,
                         const Searching& search) {
  Report report = Report::object();
  for (unsigned threads = 1;; threads = std::min(threads * 2, most)) {
    const double seconds = run_batch(queries, threads, search);
    report[std::to_string(threads)] = static_cast<double>(queries) / seconds;
    if (threads == most) return report;
  }
}

}  // namespace imsearch
