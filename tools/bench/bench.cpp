// bench: how fast an index answers, and how fast images become vectors.
//
//   bench -k 10 --ef 64
//   bench extract 'photos/**/*.jpg'
//
// Output, a line for each figure: name, tab, value. Manual:
// man/imsearch-bench.1.
#include "bench/extract.h"
#include "bench/search.h"
#include "common/cli.h"
#include "common/completion.h"
#include "common/index_options.h"
#include "common/options.h"
#include "common/standard_streams.h"

#include "base/interrupt.h"

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace {

using namespace imsearch;

/// The command line: searching by default, extraction as a subcommand.
struct Options {
  BenchSearchParams search;
  BenchExtractParams extract;
  bool json = false;
  bool quiet = false;
  CLI::App* extracting = nullptr;
  const CLI::Option* ef_option = nullptr;

  void add_to(CLI::App& app) {
    cli::add_index(app, search.index);
    cli::add_search(app, search.search);
    ef_option = app.get_option("--ef");
    add_query_rows(app, search.queries);
    app.add_flag("--load", search.load,
                 "Copy the index into memory instead of mapping it");
    // What is about the file itself means nothing at a service.
    add_service(app, search.service,
                {"--index", "--rerank-codes", "--rerank", "--load"});
    cli::add_threads(app, search.threads);
    cli::add_json(app, json);
    cli::add_quiet(app, quiet);
    add_extract_to(app);
    group(app);
  }

  /// How --help shows them.
  static void group(CLI::App& app) {
    using cli::Group;
    cli::put_under(app, Group::kOften, {"--index", "--ef", "--top"});
    cli::put_under(app, Group::kQuestions,
                   {"--vectors", "--samples", "--seed"});
    cli::put_under(app, Group::kOutput, {"--json"});
    cli::put_under(app, Group::kSearch,
                   {"--rerank-codes", "--rerank", "--load"});
    cli::add_examples(app, {"", "extract ~/Pictures"});
  }

  void add_extract_to(CLI::App& app) {
    extracting = app.add_subcommand(
        "extract", "Measure extract on images instead of searching");
    extracting
        ->add_option("images", extract.images,
                     "Images: files, folders or quoted patterns")
        ->required();
    extract.model.add_to(*extracting);
    extracting->add_flag("--network", extract.network,
                         "The network alone, on images decoded before");
    cli::add_threads(*extracting, extract.threads);
    cli::add_json(*extracting, json);
    cli::add_quiet(*extracting, quiet);
    cli::completes(*extracting, {"images"}, cli::kImageFiles);
    cli::put_under(*extracting, cli::Group::kOften, {"--network"});
    cli::put_under(*extracting, cli::Group::kOutput, {"--json"});
    cli::add_examples(*extracting, {"~/Pictures", "--network ~/Pictures"});
  }
};

/// One of the two, by whether the subcommand is there.
Report measure(Options& opt) {
  opt.search.quiet = opt.extract.quiet = opt.quiet;
  if (opt.extracting->parsed()) return bench_extract(opt.extract);
  BenchSearchParams& params = opt.search;
  // Without --ef an index at a service has its own.
  params.ef_given = opt.ef_option->count() > 0;
  if (params.ef_given && !opt.quiet)
    cli::say_if_raised({params.search.ef}, params.search.k);
  if (!params.service.url.empty())
    check_service_limits(params.search.k, params.search.ef,
                         params.queries.vectors.empty());
  return bench_search(params);
}

int bench(Options& opt) {
  catch_interrupts();
  opt.extract.model.check();
  const Report report = measure(opt);
  if (opt.json) {
    print(report_json(report));
  } else if (::isatty(STDOUT_FILENO) == 1) {
    if (!opt.quiet)
      for (const std::string& line : report_legend(report)) cli::say(line);
    print(report_columns(report));
  } else {
    print(report_table(report));
  }
  return cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measure searching, or extraction."};
  Options opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return bench(opt); });
}
