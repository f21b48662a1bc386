// eval-recall: how much of the truth an index finds, and how fast.
//
//   eval-recall --ef 16,32,64,128,256 -k 10
//
// Output, tab-separated with a header: search (exact or index), ef, recall@1,
// recall@10, recall@k, the 95 % interval of the last, and milliseconds a query,
// alone and in a batch over all threads. With --tune only the smallest ef that
// is enough. Manual: man/imsearch-eval-recall.1.
#include "cli.h"
#include "open_index.h"
#include "options.h"
#include "query_rows.h"
#include "recall_table.h"
#include "recall_tuning.h"
#include "standard_output.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/progress.h"

#include <fmt/core.h>

#include <algorithm>

namespace {

using namespace imsearch;

struct Options {
  std::string index = cli::kDefaultIndex;
  QueryRowsParams queries;
  std::size_t k = SearchParams().k;
  std::vector<std::size_t> efs = {16, 32, 64, 128, 256};
  std::optional<double> at_least;
  std::optional<double> tune;
  unsigned threads = 0;
  bool json = false;
  bool quiet = false;

  void add_to(CLI::App& app) {
    cli::add_index(app, index);
    add_query_rows(app, queries);
    cli::add_top(app, k);
    cli::add_ef_list(app, efs);
    app.add_option("--at-least", at_least,
                   "Exit 1 if recall@k at the largest --ef is lower")
        ->check(cli::between(0, 1));
    app.add_option("--tune", tune,
                   "Print the smallest ef found that reaches this recall@k")
        ->check(cli::between(0, 1))
        ->excludes("--ef")
        ->excludes("--at-least");
    cli::add_json(app, json);
    cli::add_threads(app, threads);
    cli::add_quiet(app, quiet);
  }
};

/// Lines come minutes apart on a large index: each is shown at once.
void print_now(const std::string& text) {
  print(text);
  flush_output();
}

void announce(const Options& opt, const Index& index,
              const QueryRows& queries) {
  cli::complain(fmt::format(
      "{} queries ({}) against {} rows of {} floats; k {}, {} threads, "
      "index mapped",
      grouped(queries.size()), queries.origin, grouped(index.rows()),
      index.dim(), opt.k, opt.threads == 0 ? usable_cpus() : opt.threads));
}

int print_table(const Options& opt, const QueryRows& queries,
                RecallMeter& meter) {
  const RecallLine exact = meter.measure_exact();
  if (!opt.json) print(header_text(exact));
  print_now(opt.json ? to_json(exact, queries) : to_text(exact));
  const std::size_t judged = *std::max_element(opt.efs.begin(), opt.efs.end());
  double recall = 0;
  for (const std::size_t ef : opt.efs) {
    const RecallLine line = meter.measure(ef);
    print_now(opt.json ? to_json(line, queries) : to_text(line));
    if (ef == judged) recall = line.at_k.mean;
  }
  if (opt.at_least && !reaches(recall, *opt.at_least))
    fail("recall@{} is {:.4f} at ef {}, less than {}", opt.k, recall, judged,
         *opt.at_least);
  return cli::kDone;
}

int print_tuned(const Options& opt, std::size_t rows, RecallMeter& meter) {
  meter.measure_exact();
  const std::size_t largest =
      std::max(opt.k, std::min(rows, cli::kMaxCandidates));
  const Tuning tuning =
      tune_ef(meter, *opt.tune, largest, [&](const Trial& trial) {
        if (!opt.quiet)
          cli::complain(fmt::format("ef {}: recall@{} {}", trial.ef, opt.k,
                                    to_text(trial.recall)));
      });
  if (!tuning.chosen)
    fail("recall@{} is {} at ef {}, the largest, less than {}", opt.k,
         to_text(tuning.tried.back().recall), largest, *opt.tune);
  print(opt.json ? to_json(tuning, meter)
                 : fmt::format("{}\n", tuning.chosen->ef));
  return cli::kDone;
}

int evaluate(const Options& opt) {
  catch_interrupts();
  const Index index = open_index(opt.index);
  if (index.vectors() == nullptr)
    fail("{}: recall is measured against the vectors: {}", opt.index,
         index.why_no_vectors());
  const QueryRows queries = read_query_rows(index, opt.queries);
  if (!opt.quiet) announce(opt, index, queries);
  RecallMeter meter(index, queries, opt.k, opt.threads, opt.queries.seed);
  return opt.tune ? print_tuned(opt, index.rows(), meter)
                  : print_table(opt, queries, meter);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measure the recall and speed of an index."};
  Options opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return evaluate(opt); });
}
