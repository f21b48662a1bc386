// eval-recall's command line, and the files that it must not write over.
#include "eval_recall/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/file_names.h"
#include "common/index_options.h"
#include "eval_recall/plot.h"

#include "remote/remote_index.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace imsearch {

void RecallOptions::add_to(CLI::App& app) {
  cli::add_index(app, index);
  add_query_rows(app, queries);
  cli::add_top(app, search.k);
  cli::add_ef_list(app, efs);
  cli::add_rerank(app, search);
  add_judging_to(app);
  add_service(app, service, {"--index", "--rerank-codes", "--rerank"});
  app.add_option("--truth", truth,
                 "With --url: the vectors that were pushed to it")
      ->needs("--url")
      ->capture_default_str();
  cli::add_json(app, json);
  cli::add_threads(app, threads);
  cli::add_quiet(app, quiet);
  group(app);
}

void RecallOptions::group(CLI::App& app) {
  using cli::Group;
  cli::put_under(app, Group::kOften, {"--index", "--ef", "--top", "--tune"});
  cli::put_under(app, Group::kQuestions, {"--vectors", "--samples", "--seed"});
  cli::put_under(app, Group::kOutput, {"--plot", "--json"});
  cli::put_under(app, Group::kJudging, {"--at-least"});
  cli::put_under(app, Group::kSearch, {"--rerank-codes", "--rerank"});
  cli::put_under(app, Group::kService, {"--truth"});
  cli::completes(app, {"--plot"}, cli::kPlotFiles);
  cli::completes(app, {"--truth"}, cli::kVectorFiles);
  cli::add_examples(app, {"", "--tune 0.99"});
}

void RecallOptions::add_judging_to(CLI::App& app) {
  app.add_option("--at-least", at_least,
                 "Exit 1 if recall@k at the largest --ef is lower")
      ->check(cli::between(0, 1));
  app.add_option("--tune", tune,
                 "Print the smallest ef found that reaches this recall@k")
      ->check(cli::between(0, 1))
      ->excludes("--ef")
      ->excludes("--at-least");
  app.add_option("--plot", plot,
                 "Draw the table to this file, .svg or .png (gnuplot does it)")
      ->excludes("--tune");
}

void RecallOptions::check() const {
  if (plot == "-")
    cli::fail_usage("--plot -: standard output is for the table");
  if (!plot.empty()) check_plot(plot);
  if (at_service())
    check_service_limits(search.k, *std::max_element(efs.begin(), efs.end()),
                         queries.vectors.empty());
}

void RecallOptions::refuse_to_overwrite(const SearchIndex& opened) const {
  std::vector<std::string> inputs = opened.files();
  inputs.push_back(queries.vectors);
  if (at_service()) inputs.push_back(truth);
  cli::refuse_to_overwrite(plot, inputs);
  cli::keep_unmarked("--plot", plot, "a plot");
  for (const std::string& file : opened.files())
    keep_apart(plot, files_of_vectors(file));
}

// More candidates than rows find no more; fewer than k find fewer than asked.
std::size_t RecallOptions::largest_ef(std::size_t rows) const {
  const std::size_t most = at_service() ? kMaxRemoteTop : cli::kMaxCandidates;
  return std::max(search.k, std::min(rows, most));
}

}  // namespace imsearch
