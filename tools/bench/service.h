// How fast an index at a service answers.
#pragma once

#include "bench/report.h"
#include "common/query_rows.h"
#include "common/service_options.h"

#include <cstddef>
#include <optional>

namespace imsearch {

struct BenchServiceParams {
  ServiceParams service;
  std::size_t k = 10;
  std::optional<std::size_t> ef;  // none: what the index was pushed with
  QueryRowsParams queries;
  unsigned threads = 0;  // the most connections at once; 0: as many as CPUs
};

/// As bench_search(), with what the service says it took beside the latencies.
/// Throws Error.
Report bench_service(const BenchServiceParams& params);

}  // namespace imsearch
