#include "bench_search.h"

#include "bench_figures.h"
#include "local_index.h"
#include "machine.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "eval/measure.h"
#include "simd/kernels.h"

#include <vector>

namespace imsearch {
namespace {

Report memory_report(const Index& index, std::size_t at_start) {
  std::vector<std::string> vectors;
  if (index.vectors() != nullptr)
    for (const VectorFile& file : index.vectors()->files())
      vectors.push_back(file.path());
  const ResidentMemory memory = resident_memory(index.path(), vectors);
  return {{"start", at_start},
          {"total", memory.total},
          {"index", memory.index},
          {"vectors", memory.vectors},
          {"other", memory.total - memory.index - memory.vectors}};
}

Report setting_report(const BenchSearchParams& params, const Index& index,
                      const QueryRows& queries) {
  return {{"cpu", cpu_model()},
          {"kernels", simd::active().name},
          {"build", build_type()},
          {"index", index.path()},
          {"access", params.load ? "loaded" : "mapped"},
          {"rows", index.rows()},
          {"dim", index.dim()},
          {"queries", queries.size()},
          {"k", params.search.k},
          {"ef", params.search.ef}};
}

}  // namespace

Report bench_search(const BenchSearchParams& params) {
  const unsigned threads = params.threads == 0 ? usable_cpus() : params.threads;
  const std::size_t at_start = resident_memory("", {}).total;
  const Stopwatch watch;
  LocalIndex opened(params.index,
                    params.load ? IndexAccess::kLoaded : IndexAccess::kMapped);
  const double open_ms = watch.milliseconds();
  const QueryRows queries = read_query_rows(opened, params.queries);
  const Index& index = opened.index();
  std::vector<Searcher> searchers;
  for (unsigned t = 0; t < threads; ++t) searchers.emplace_back(index);
  const Searching search = [&](std::size_t query, unsigned thread) {
    return searchers[thread].search(queries.unit.row(query), params.search,
                                    queries.left_out_of(query));
  };

  Report report = setting_report(params, index, queries);
  report["open_ms"] = open_ms;
  run_batch(queries.size(), threads, search);
  report["latency_us"] =
      latency_report(run_singly(queries.size(), search).latency_us);
  report["throughput_per_s"] =
      throughput_report(queries.size(), threads, search);
  report["memory_bytes"] = memory_report(index, at_start);
  index.ensure_unchanged();
  return report;
}

}  // namespace imsearch
