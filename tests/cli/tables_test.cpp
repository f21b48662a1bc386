// Tables of eval-recall and bench on a terminal, and into pipes.
#include "cli/co_process.h"
#include "cli/collection.h"
#include "support/contains.h"
#include "support/run.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using namespace imsearch::test;

namespace {

/// What a terminal shows of both streams: no progress, which a dumb one lacks.
std::vector<std::string> shown_by(const Collection& collection,
                                  const std::vector<std::string>& args) {
  std::vector<std::string> command = {"/usr/bin/env", "TERM=dumb",
                                      tool_path(args[0])};
  command.insert(command.end(), args.begin() + 1, args.end());
  CoProcess tool(command, collection.dir().path(), {100, true});
  const std::string text = tool.read_error_to_end();
  CHECK(tool.wait() == 0);
  return lines_of(text);
}

}  // namespace

TEST_CASE("recall is a table of columns on a terminal, with a legend") {
  const Collection collection(300);
  collection.build();
  const auto lines = shown_by(
      collection, {"eval-recall", "--ef", "16,300", "--samples", "50"});
  // What is measured, that it is too little, four lines of legend; the table.
  REQUIRE(lines.size() == 10);
  CHECK(contains(lines[1], "300 rows and 50 queries are too few to judge"));
  for (std::size_t i = 2; i < 6; ++i)
    CHECK(lines[i].substr(0, 13) == "eval-recall: ");
  CHECK(lines[6] ==
        "search       ef  recall@1  recall@10      low     high  single_ms"
        "  batch_ms");
  CHECK(lines[7].substr(0, 25) == "exact         -    1.0000");
  CHECK(lines[8].substr(0, 15) == "index        16");
  CHECK(lines[9].substr(0, 15) == "index       300");
  for (std::size_t i = 7; i < 10; ++i)
    CHECK(lines[i].size() == lines[6].size());
}

TEST_CASE("recall has no legend with -q, and tabs in a pipe") {
  const Collection collection(300);
  collection.build();
  const std::vector<std::string> command = {"eval-recall", "--ef", "16", "-q"};
  const auto lines = shown_by(collection, command);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].substr(0, 6) == "search");
  const RunResult piped = collection.run(command);
  CHECK(piped.err.empty());
  CHECK(lines_of(piped.out)[0] ==
        "search\tef\trecall@1\trecall@10\tlow\thigh\tsingle_ms\tbatch_ms");
}

TEST_CASE("bench shows columns and a legend on a terminal, tabs in a pipe") {
  const Collection collection(300);
  collection.build();
  const std::vector<std::string> command = {"bench", "--samples", "20", "-j",
                                            "1"};
  const auto lines = shown_by(collection, command);
  REQUIRE(lines.size() > 8);
  CHECK(lines[0] ==
        "bench: latency_us: microseconds a query when it is asked alone");
  CHECK(lines[4].substr(0, 8) == "figure  ");
  for (const std::string& line : lines) CHECK_FALSE(contains(line, "\t"));
  const RunResult piped = collection.run(command);
  CHECK(piped.err.empty());
  CHECK(lines_of(piped.out)[0].substr(0, 4) == "cpu\t");
}

TEST_SUITE_END();
