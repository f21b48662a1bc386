// How fast an index answers.
#pragma once

#include "bench/report.h"
#include "common/options.h"
#include "common/query_rows.h"

#include "index/index.h"

#include <string>

namespace imsearch {

struct BenchSearchParams {
  std::string index = cli::kDefaultIndex;
  SearchParams search;
  QueryRowsParams queries;
  unsigned threads = 0;  // the most; 0: all CPUs
  bool load = false;     // copy the index into memory, instead of mapping it
};

/// Opens the index, asks all queries once to warm up, one by one for the
/// latencies, then shared out over 1, 2, 4 … threads for the throughput. Throws
/// Error.
Report bench_search(const BenchSearchParams& params);

}  // namespace imsearch
