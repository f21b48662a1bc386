// What does not go together on query's command line.
#include "query/options.h"

#include "common/cli.h"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

namespace {

/// The usage error of that command line; empty where there is none.
std::string told(const std::string& words) {
  CLI::App app;
  QueryOptions options;
  options.add_to(app);
  try {
    app.parse(words);
    options.check();
  } catch (const cli::UsageError& e) {
    return e.what();
  }
  return "";
}

struct CommandLine {
  CLI::App app;
  QueryOptions options;

  explicit CommandLine(const std::string& words) {
    options.add_to(app);
    app.parse(words);
  }
};

}  // namespace

TEST_CASE("query wants something to look for") {
  CHECK(told("") == "nothing to look for: an image, --id, --like or --vectors");
  for (const std::string words :
       {"a.jpg", "--id 3", "--like a", "--vectors v"}) {
    CAPTURE(words);
    CHECK(told(words).empty());
  }
}

TEST_CASE("standard input gives paths or vectors, not both") {
  CHECK(told("- --vectors -") ==
        "standard input has either paths (-) or --vectors -");
  CHECK(told("- --vectors v").empty());
  CHECK(told("a.jpg --vectors -").empty());
}

TEST_CASE("-0 and a model are for images alone") {
  CHECK(told("a.jpg -0") ==
        "-0 is for paths on standard input (-), and for --names");
  CHECK(told("- -0").empty());
  CHECK(told("--id 3 --weights w") ==
        "--weights and --model are for images, and none is given");
  CHECK(told("a.jpg --weights w").empty());
}

TEST_CASE("a sheet is a picture in a file") {
  CHECK(told("a.jpg --sheet -") ==
        "--sheet -: standard output is for the answers");
  CHECK_FALSE(told("a.jpg --sheet s.svg").empty());
  CHECK(told("a.jpg --sheet s.png").empty());
  CHECK(told("a.jpg --sheet s.jpg").empty());
}

TEST_CASE("a service gives 10000 neighbours, one less beside a row") {
  const std::string url = " --url http://h:9200/i";
  CHECK(told("a.jpg -k 10000" + url).empty());
  CHECK(told("a.jpg -k 10001" + url) ==
        "-k 10001: a service gives 10000 neighbours at most");
  CHECK(told("--id 1 -k 9999" + url).empty());
  CHECK(told("--id 1 -k 10000" + url) ==
        "-k 10000: a service gives 9999 neighbours at most beside the image "
        "asked for");
  CHECK(told("a.jpg --ef 10001" + url) ==
        "--ef 10001: a service keeps 10000 candidates at most");
  CHECK(told("a.jpg -k 10001").empty());  // an index file gives more
}

TEST_CASE(
    "someone waits for answers to paths or vectors that come one by one") {
  CHECK(CommandLine("-").options.stream());
  CHECK(CommandLine("--vectors -").options.stream());
  CHECK(CommandLine("--vectors /dev/null").options.stream());
  CHECK_FALSE(CommandLine("a.jpg").options.stream());
}

TEST_CASE("an ef that equals the default counts as given") {
  CHECK(CommandLine("a.jpg --ef 256").options.ef_given());
  CHECK_FALSE(CommandLine("a.jpg").options.ef_given());
}
