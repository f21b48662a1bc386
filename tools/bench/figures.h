// Figures that bench gives of whatever is searched.
#pragma once

#include "bench/report.h"

#include "eval/measure.h"

#include <cstddef>
#include <vector>

namespace imsearch {

/// mean, p50, p95, p99, in the unit of the values.
Report latency_report(const std::vector<double>& values);

/// Queries a second on 1, 2, 4 … and `most` threads.
Report throughput_report(std::size_t queries, unsigned most,
                         const Searching& search);

}  // namespace imsearch
