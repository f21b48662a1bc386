// Opens what is to be searched, warms it up, and takes the times: each query
// alone for the latencies, then all of them over more and more threads.
#include "bench/search.h"

#include "common/cli.h"
#include "common/index_remarks.h"
#include "common/machine.h"
#include "common/progress_line.h"
#include "common/service_endpoint.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "eval/measure.h"
#include "search/local_index.h"
#include "search/service_index.h"
#include "simd/kernels.h"

#include <optional>
#include <vector>

namespace imsearch {
namespace {

/// Resident memory, apart by what it is for: the mapped pages of index and
/// vectors are shared with other processes and can be given back, others
/// cannot.
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

void add_setting(Report& report, const SearchIndex& index,
                 const QueryRows& queries, const SearchParams& search) {
  report["rows"] = index.rows();
  report["dim"] = index.dim();
  report["queries"] = queries.size();
  report["k"] = search.k;
  report["ef"] = search.ef;
}

/// `answers_tell`: how long they took.
void add_times(Report& report, const SearchIndex& index,
               const QueryRows& queries, const SearchParams& search,
               unsigned most_threads, bool answers_tell, bool quiet) {
  const unsigned threads = most_threads == 0 ? usable_cpus() : most_threads;
  std::optional<cli::ProgressLine> line;
  line.emplace("queries asked to warm up", queries.size(), quiet);
  const QuerySessions sessions(index, queries, search, threads);
  const Searching searching = [&](std::size_t query, unsigned thread) {
    return sessions.ask(query, thread).hits;
  };
  // Warm-up: pages are read and caches filled, which the first query would pay.
  run_batch(queries.size(), threads, [&](std::size_t query, unsigned thread) {
    line->add_one();
    return searching(query, thread);
  });
  // Nothing is counted in what is timed.
  line.emplace("times queries one by one", 0, quiet);
  std::vector<double> took_ms;
  const SingleRun run =
      run_singly(queries.size(), [&](std::size_t query, unsigned thread) {
        Answer answer = sessions.ask(query, thread);
        if (answers_tell) took_ms.push_back(answer.took_ms);
        return std::move(answer.hits);
      });
  report["latency_us"] = latency_report(run.latency_us);
  if (answers_tell) report["took_ms"] = latency_report(took_ms);
  line.emplace("times queries on several threads", 0, quiet);
  report["throughput_per_s"] =
      throughput_report(queries.size(), threads, searching);
}

Report bench_local(const BenchSearchParams& params) {
  // Before anything is opened: the share of the program itself.
  const std::size_t at_start = resident_memory("", {}).total;
  std::optional<cli::ProgressLine> line;
  line.emplace("opens the index", 0, params.quiet);
  const Stopwatch watch;
  LocalIndex index(params.index,
                   params.load ? IndexAccess::kLoaded : IndexAccess::kMapped);
  const double open_ms = watch.milliseconds();
  cli::say_foreign_changes(index.index());
  if (!index.has_exact_similarities())
    cli::say(index.index().why_no_vectors() +
             ": what is measured compares 8-bit codes alone");
  const QueryRows queries = read_query_rows(index, params.queries);
  line.reset();
  Report report = {{"cpu", cpu_model()},
                   {"kernels", simd::active().name},
                   {"build", build_type()},
                   {"index", index.where()},
                   {"access", params.load ? "loaded" : "mapped"}};
  add_setting(report, index, queries, params.search);
  report["open_ms"] = open_ms;
  add_times(report, index, queries, params.search, params.threads, false,
            params.quiet);
  // Figures of an index that was written to meanwhile mean nothing.
  index.index().ensure_unchanged();
  report["memory_bytes"] = memory_report(index.index(), at_start);
  return report;
}

Report bench_service(const BenchSearchParams& params) {
  std::optional<cli::ProgressLine> line;
  line.emplace("opens the index", 0, params.quiet);
  const Stopwatch watch;
  ServiceIndex index(endpoint_of(params.service.url, params.service.access));
  const double open_ms = watch.milliseconds();
  say_unfinished(index.index());
  const QueryRows queries = read_query_rows(index, params.queries);
  line.reset();
  SearchParams search = params.search;
  if (!params.ef_given) search.ef = index.index().meta().spec.ef;
  Report report = {{"cpu", cpu_model()},
                   {"build", build_type()},
                   {"index", index.where()},
                   {"service", index.index().service().text()}};
  add_setting(report, index, queries, search);
  report["open_ms"] = open_ms;
  add_times(report, index, queries, search, params.threads, true, params.quiet);
  return report;
}

}  // namespace

Report bench_search(const BenchSearchParams& params) {
  return params.service.url.empty() ? bench_local(params)
                                    : bench_service(params);
}

}  // namespace imsearch
