#include "bench/service.h"

#include "bench/figures.h"
#include "common/machine.h"
#include "common/service_endpoint.h"
#include "common/service_index.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"

#include <vector>

namespace imsearch {
namespace {

/// Questions to the service, each thread on its own connection.
class Connections {
 public:
  Connections(const RemoteIndex& index, const QueryRows& queries,
              const RemoteSearchParams& params, unsigned threads)
      : queries_(&queries), params_(params) {
    for (unsigned t = 0; t < threads; ++t) searchers_.emplace_back(index);
  }

  RemoteAnswer ask(std::size_t query, unsigned thread) {
    return searchers_[thread].search(queries_->unit.row(query), params_,
                                     queries_->left_out_of(query));
  }

 private:
  const QueryRows* queries_;
  RemoteSearchParams params_;
  std::vector<RemoteSearcher> searchers_;
};

Report setting_report(const RemoteIndex& index, const QueryRows& queries,
                      const RemoteSearchParams& params) {
  return {{"cpu", cpu_model()},
          {"build", build_type()},
          {"index", index.where()},
          {"service", index.service().text()},
          {"rows", index.rows()},
          {"dim", index.dim()},
          {"queries", queries.size()},
          {"k", params.k},
          {"ef", params.ef}};
}

void add_latencies(Report& report, std::size_t queries, Connections& open) {
  std::vector<double> took_ms;
  const SingleRun run =
      run_singly(queries, [&](std::size_t query, unsigned thread) {
        const RemoteAnswer answer = open.ask(query, thread);
        took_ms.push_back(answer.took_ms);
        return hits_of(answer);
      });
  report["latency_us"] = latency_report(run.latency_us);
  report["took_ms"] = latency_report(took_ms);
}

}  // namespace

Report bench_service(const BenchServiceParams& params) {
  const unsigned threads = params.threads == 0 ? usable_cpus() : params.threads;
  const Stopwatch watch;
  ServiceIndex opened(endpoint_of(params.service.url, params.service.access));
  const double open_ms = watch.milliseconds();
  const RemoteIndex& index = opened.index();
  say_unfinished(index);
  const QueryRows queries = read_query_rows(opened, params.queries);
  const RemoteSearchParams search = {
      params.k, params.ef.value_or(index.meta().spec.ef), false, ""};
  Connections open(index, queries, search, threads);
  const Searching ask = [&](std::size_t query, unsigned thread) {
    return hits_of(open.ask(query, thread));
  };

  Report report = setting_report(index, queries, search);
  report["open_ms"] = open_ms;
  run_batch(queries.size(), threads, ask);
  add_latencies(report, queries.size(), open);
  report["throughput_per_s"] = throughput_report(queries.size(), threads, ask);
  return report;
}

}  // namespace imsearch
