// How fast an index answers, wherever it is.
#pragma once

#include "bench/report.h"
#include "common/index_options.h"
#include "common/options.h"
#include "common/query_rows.h"

#include "base/search.h"

#include <string>

namespace imsearch {

struct BenchSearchParams {
  std::string index = cli::kDefaultIndex;
  ServiceParams service;  // where it has an URL, instead of `index`
  SearchParams search;
  bool ef_given = false;  // else at a service: what the index was pushed with
  QueryRowsParams queries;
  unsigned threads = 0;  // the most; 0: as many as CPUs
  bool load = false;     // copy the index into memory, instead of mapping it
  bool quiet = false;    // no progress
};

/// Opens the index, asks all queries once to warm up, one by one for the
/// latencies, then shared out over 1, 2, 4 … threads (at a service:
/// connections) for the throughput. Of an index file it also tells the memory,
/// of a service what it says that answers took. Throws Error.
Report bench_search(const BenchSearchParams& params);

}  // namespace imsearch
