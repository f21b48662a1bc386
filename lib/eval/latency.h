// Statistics of measured times.
#pragma once

#include <cstddef>
#include <vector>

namespace imsearch {

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
