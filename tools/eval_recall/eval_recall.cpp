// eval-recall: how many of the true nearest neighbours an index finds, and how
// fast.
//
//   eval-recall --ef 16,32,64,128,256 -k 10
//
// Output, tab-separated with a header: search (exact or index), ef, recall@1,
// recall@10, recall@k, the 95 % interval of the last, and milliseconds a query,
// alone and in a batch over all threads. With --tune only the smallest ef that
// is enough. Manual: man/imsearch-eval-recall.1.
//
// The truth is found once by exact search (ground_truth.h); then each ef is
// asked the same queries (table.h). An index at a service is judged by vectors
// here, since it may keep compressed ones.
#include "common/cli.h"
#include "common/index_options.h"
#include "common/index_remarks.h"
#include "common/progress_line.h"
#include "common/query_rows.h"
#include "common/service_endpoint.h"
#include "common/standard_streams.h"
#include "eval_recall/ground_truth.h"
#include "eval_recall/options.h"
#include "eval_recall/plot.h"
#include "eval_recall/table.h"
#include "eval_recall/too_few.h"
#include "eval_recall/tuning.h"

#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/progress.h"
#include "io/output_file.h"
#include "search/local_index.h"
#include "search/service_ground_truth.h"
#include "search/service_index.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <optional>

namespace {

using namespace imsearch;

/// `held`: where the index is.
void announce(const RecallOptions& opt, const SearchIndex& index,
              const QueryRows& queries, const std::string& held) {
  const unsigned threads = opt.threads == 0 ? usable_cpus() : opt.threads;
  cli::say(fmt::format(
      "{}{} ({}) against {} of {} floats; k {}, {}, {}",
      grouped(queries.size()), queries.size() == 1 ? " query" : " queries",
      queries.origin, counted(index.rows(), "row"), index.dim(), opt.search.k,
      counted(threads, "thread"), held));
}

/// The table's text for where standard output goes: columns on a terminal,
/// with what they mean beside it.
class TablePrinter {
 public:
  TablePrinter(const RecallLine& first, unsigned threads, bool quiet)
      : header_(header_text(first)), in_columns_(::isatty(STDOUT_FILENO) == 1) {
    if (in_columns_ && !quiet)
      for (const std::string& line : legend(first, threads)) cli::say(line);
    print(text_of(header_));
  }
  void print_line(const RecallLine& line) const {
    print(text_of(to_text(line)));
  }

 private:
  std::string text_of(const std::string& line) const {
    return in_columns_ ? in_columns(line, header_) : line;
  }

  std::string header_;
  bool in_columns_;
};

/// Lines come minutes apart on a large index: each is shown at once.
std::vector<RecallLine> print_table(const RecallOptions& opt,
                                    const QueryRows& queries,
                                    RecallMeter& meter) {
  std::vector<RecallLine> lines = {meter.measure_exact()};
  std::optional<TablePrinter> table;
  if (!opt.json) table.emplace(lines[0], meter.threads(), opt.quiet);
  const auto print_last = [&] {
    if (table)
      table->print_line(lines.back());
    else
      print(to_json(lines.back(), queries));
    flush_output();
  };
  print_last();
  for (const std::size_t ef : opt.efs) {
    lines.push_back(meter.measure(ef));
    print_last();
  }
  return lines;
}

/// --at-least judges the largest ef, whichever order they were given in.
void judge(const std::vector<RecallLine>& lines, const RecallOptions& opt) {
  const RecallLine& judged = *std::max_element(
      lines.begin(), lines.end(),
      [](const RecallLine& a, const RecallLine& b) { return a.ef < b.ef; });
  if (opt.at_least && !reaches(judged.at_k.mean, *opt.at_least))
    fail("recall@{} is {:.4f} at ef {}, less than {}", opt.search.k,
         judged.at_k.mean, judged.ef, *opt.at_least);
}

void print_lines(const RecallOptions& opt, const SearchIndex& index,
                 const QueryRows& queries, RecallMeter& meter) {
  // What cannot be written is known before anything is measured.
  std::optional<OutputFile> picture;
  if (!opt.plot.empty()) picture.emplace(opt.plot);
  const std::vector<RecallLine> lines = print_table(opt, queries, meter);
  if (picture) {
    picture->write(draw_recall(opt.plot, lines, index, queries, meter));
    picture->commit();
  }
  judge(lines, opt);
}

void measure(const RecallOptions& opt, const SearchIndex& index,
             const QueryRows& queries, const GroundTruth& truth) {
  const std::string few =
      too_few_sentence(index.rows(), queries.size(), opt.search.k);
  if (!few.empty() && !opt.quiet) cli::say(few);
  if (!opt.tune && !opt.quiet) cli::say_if_raised(opt.efs, opt.search.k);
  RecallMeter meter(index, truth, queries, opt.search, opt.threads,
                    opt.queries.seed, opt.quiet);
  meter.find_truth();
  if (opt.tune)
    print_tuned(meter,
                {*opt.tune, opt.largest_ef(index.rows()), opt.json, opt.quiet});
  else
    print_lines(opt, index, queries, meter);
}

/// An index file, whose vectors must be where they were.
void evaluate_local(const RecallOptions& opt) {
  std::optional<cli::ProgressLine> line;
  line.emplace("opens index and vectors", 0, opt.quiet);
  LocalIndex index(opt.index);
  cli::say_foreign_changes(index.index());
  if (index.index().vectors() == nullptr)
    fail("{}: recall is measured against the vectors: {}", opt.index,
         index.index().why_no_vectors());
  if (!opt.plot.empty()) opt.refuse_to_overwrite(index);
  const QueryRows queries = read_query_rows(index, opt.queries);
  line.reset();
  if (!opt.quiet) announce(opt, index, queries, "index mapped");
  measure(opt, index, queries, *ground_truth(index, queries, opt.search.k));
  // Figures of an index that was written to meanwhile mean nothing.
  index.index().ensure_unchanged();
}

/// An index at a service. --truth are the vectors that were pushed there; that
/// they are is checked before anything is measured.
void evaluate_service(const RecallOptions& opt) {
  std::optional<cli::ProgressLine> line;
  line.emplace("compares index and vectors", 0, opt.quiet);
  ServiceIndex index(endpoint_of(opt.service.url, opt.service.access));
  if (!opt.plot.empty()) opt.refuse_to_overwrite(index);
  const ServiceGroundTruth truth(index.index(), opt.truth);
  const QueryRows queries = read_query_rows(index, opt.queries);
  line.reset();
  if (!opt.quiet) announce(opt, index, queries, index.index().service().text());
  measure(opt, index, queries, *ground_truth(truth, queries, opt.search.k));
}

int evaluate(const RecallOptions& opt) {
  opt.check();
  catch_interrupts();
  if (opt.at_service())
    evaluate_service(opt);
  else
    evaluate_local(opt);
  return cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measure the recall and speed of an index."};
  RecallOptions opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return evaluate(opt); });
}
