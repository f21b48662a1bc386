// eval-recall: how much of the truth an index finds, and how fast.
//
//   eval-recall --ef 16,32,64,128,256 -k 10
//
// Output, tab-separated with a header: search (exact or index), ef, recall@1,
// recall@10, recall@k, the 95 % interval of the last, and milliseconds a query,
// alone and in a batch over all threads. With --tune only the smallest ef that
// is enough. Manual: man/imsearch-eval-recall.1.
#include "cli.h"
#include "local_index.h"
#include "options.h"
#include "query_rows.h"
#include "recall_local.h"
#include "recall_plot.h"
#include "recall_table.h"
#include "recall_tuning.h"
#include "standard_output.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/progress.h"
#include "io/output_file.h"

#include <fmt/core.h>

#include <algorithm>

namespace {

using namespace imsearch;

struct Options {
  std::string index = cli::kDefaultIndex;
  QueryRowsParams queries;
  SearchParams search;  // but for ef
  std::vector<std::size_t> efs = {16, 32, 64, 128, 256};
  std::optional<double> at_least;
  std::optional<double> tune;
  std::string plot;
  unsigned threads = 0;
  bool json = false;
  bool quiet = false;

  void add_to(CLI::App& app) {
    cli::add_index(app, index);
    add_query_rows(app, queries);
    cli::add_top(app, search.k);
    cli::add_ef_list(app, efs);
    cli::add_rerank(app, search);
    app.add_option("--at-least", at_least,
                   "Exit 1 if recall@k at the largest --ef is lower")
        ->check(cli::between(0, 1));
    app.add_option("--tune", tune,
                   "Print the smallest ef found that reaches this recall@k")
        ->check(cli::between(0, 1))
        ->excludes("--ef")
        ->excludes("--at-least");
    app.add_option("--plot", plot, "Draw the table to this SVG file")
        ->excludes("--tune");
    cli::add_json(app, json);
    cli::add_threads(app, threads);
    cli::add_quiet(app, quiet);
  }

  /// The picture replaces nothing that is read.
  void keep_inputs(const SearchedIndex& opened) const {
    std::vector<std::string> inputs = opened.files();
    inputs.push_back(queries.vectors);
    cli::keep_inputs(plot, inputs);
  }
};

void announce(const Options& opt, const SearchedIndex& index,
              const QueryRows& queries) {
  cli::complain(fmt::format(
      "{} queries ({}) against {} rows of {} floats; k {}, {} threads, "
      "index mapped",
      grouped(queries.size()), queries.origin, grouped(index.rows()),
      index.dim(), opt.search.k,
      opt.threads == 0 ? usable_cpus() : opt.threads));
}

/// Lines come minutes apart on a large index: each is shown at once.
std::vector<RecallLine> print_table(const Options& opt,
                                    const QueryRows& queries,
                                    RecallMeter& meter) {
  std::vector<RecallLine> lines = {meter.measure_exact()};
  if (!opt.json) print(header_text(lines[0]));
  const auto print_last = [&] {
    print(opt.json ? to_json(lines.back(), queries) : to_text(lines.back()));
    flush_output();
  };
  print_last();
  for (const std::size_t ef : opt.efs) {
    lines.push_back(meter.measure(ef));
    print_last();
  }
  return lines;
}

void judge(const std::vector<RecallLine>& lines, const Options& opt) {
  const RecallLine& judged = *std::max_element(
      lines.begin(), lines.end(),
      [](const RecallLine& a, const RecallLine& b) { return a.ef < b.ef; });
  if (opt.at_least && !reaches(judged.at_k.mean, *opt.at_least))
    fail("recall@{} is {:.4f} at ef {}, less than {}", opt.search.k,
         judged.at_k.mean, judged.ef, *opt.at_least);
}

void print_lines(const Options& opt, const SearchedIndex& index,
                 const QueryRows& queries, RecallMeter& meter) {
  // What cannot be written is known before anything is measured.
  std::optional<OutputFile> picture;
  if (!opt.plot.empty()) picture.emplace(opt.plot);
  const std::vector<RecallLine> lines = print_table(opt, queries, meter);
  if (picture) {
    picture->write(draw_recall(lines, index, queries, meter));
    picture->commit();
  }
  judge(lines, opt);
}

void tune(const Options& opt, std::size_t rows, RecallMeter& meter) {
  const std::size_t largest =
      std::max(opt.search.k, std::min(rows, cli::kMaxCandidates));
  print_tuned(meter, {*opt.tune, largest, opt.json, opt.quiet});
}

int evaluate(const Options& opt) {
  if (opt.plot == "-")
    cli::fail_usage("--plot -: standard output is for the table");
  catch_interrupts();
  LocalIndex index(opt.index);
  if (index.index().vectors() == nullptr)
    fail("{}: recall is measured against the vectors: {}", opt.index,
         index.index().why_no_vectors());
  if (!opt.plot.empty()) opt.keep_inputs(index);
  const QueryRows queries = read_query_rows(index, opt.queries);
  if (!opt.quiet) announce(opt, index, queries);
  const LocalRecall subject(index.index(), queries, opt.search);
  RecallMeter meter(subject, queries.size(), opt.search.k, opt.threads,
                    opt.queries.seed);
  meter.find_truth();
  if (opt.tune)
    tune(opt, index.rows(), meter);
  else
    print_lines(opt, index, queries, meter);
  return cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measure the recall and speed of an index."};
  Options opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return evaluate(opt); });
}
