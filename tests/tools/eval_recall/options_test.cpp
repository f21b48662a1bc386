// What does not go together on eval-recall's command line.
#include "eval_recall/options.h"

#include "common/cli.h"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

namespace {

RecallOptions read(const std::string& words) {
  CLI::App app;
  RecallOptions options;
  options.add_to(app);
  app.parse(words);
  options.check();
  return options;
}

}  // namespace

TEST_CASE("a recall is a number from 0 to 1") {
  CHECK(read("--at-least 0.95").at_least == 0.95);
  CHECK(read("--tune 1").tune == 1);
  CHECK_THROWS_AS(read("--at-least 1.01"), CLI::ValidationError);
  CHECK_THROWS_AS(read("--tune nan"), CLI::ValidationError);
}

TEST_CASE("a tuned ef is not given, judged or drawn") {
  CHECK_THROWS_AS(read("--tune .9 --ef 16"), CLI::ExcludesError);
  CHECK_THROWS_AS(read("--tune .9 --at-least .9"), CLI::ExcludesError);
  CHECK_THROWS_AS(read("--tune .9 --plot p.svg"), CLI::ExcludesError);
}

TEST_CASE("a picture is not a table, and an SVG or PNG") {
  CHECK_THROWS_WITH_AS(read("--plot -"),
                       "--plot -: standard output is for the table",
                       cli::UsageError);
  CHECK_THROWS_WITH_AS(read("--plot p.pdf"),
                       "--plot p.pdf: its name ends in neither .svg nor .png",
                       cli::UsageError);
}

TEST_CASE("a service is asked for no more than it gives, and needs its truth") {
  const std::string url = " --url http://h:9200/i";
  CHECK_NOTHROW(read("--ef 16,10000 --vectors q" + url));
  CHECK_THROWS_AS(read("--ef 10001,16 --vectors q" + url), cli::UsageError);
  CHECK_NOTHROW(read("-k 10000 --vectors q" + url));
  CHECK_THROWS_AS(read("-k 10000" + url), cli::UsageError);  // rows, and itself
  CHECK_NOTHROW(read("-k 10001 --ef 20000"));
  CHECK_THROWS_AS(read("--truth t"), CLI::RequiresError);
  CHECK_THROWS_AS(read("--rerank 5" + url), CLI::ExcludesError);
}

TEST_CASE("tuning ends at all rows, or at the most that can be asked") {
  const RecallOptions file = read("-k 20");
  CHECK(file.largest_ef(500) == 500);
  CHECK(file.largest_ef(5) == 20);
  CHECK(file.largest_ef(3'000'000) == 1'000'000);
  CHECK(read("-k 20 --url http://h:9200/i").largest_ef(500'000) == 10'000);
}
