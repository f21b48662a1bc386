#include "eval/latency.h"

#include "base/error.h"

#include <algorithm>
#include <numeric>

namespace imsearch {
namespace {

double nearest_rank(const std::vector<double>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank - 1];
}

}  // namespace

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
