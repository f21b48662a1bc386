// imsearch, which becomes the other tools: the form of names in messages, what
// is suggested for a mistyped command or option, manuals, facts.
#include "cli/collection.h"
#include "support/contains.h"
#include "support/run.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunResult;

TEST_CASE("imsearch becomes the tool that is named") {
  const Collection collection(5);
  const RunResult built = collection.run(
      {"imsearch", "build-index", "--dim", std::to_string(Collection::kDim)});
  CAPTURE(built.err);
  REQUIRE(built.status == 0);
  CHECK(contains(built.err, "imsearch build-index: 5 rows"));
  const RunResult asked = collection.run({"imsearch", "query", "--id", "1"});
  REQUIRE(asked.status == 0);
  CHECK(asked.out == collection.run({"query", "--id", "1"}).out);
  const RunResult version = collection.run({"imsearch", "query", "--version"});
  CHECK(version.out.find("imsearch query ") == 0);
}

TEST_CASE("messages name other tools as this user calls them") {
  const Collection collection(5);
  const test::TempDir installed;
  for (const char* tool : {"query", "imsearch"})
    std::filesystem::copy_file(
        test::tool_path(tool),
        installed / (tool == std::string("query") ? "imsearch-query" : tool));
  const std::string text = "no such file: ";
  CHECK(contains(collection.run({"query", "--id", "1"}).err,
                 text + "build-index makes an index"));
  for (const char* started : {"imsearch-query", "imsearch"}) {
    std::vector<std::string> command = {installed / started};
    const bool front = started == std::string("imsearch");
    if (front) command.emplace_back("query");
    command.insert(command.end(), {"--id", "1"});
    const RunResult result = collection.run(command);
    CHECK(result.status == 1);
    CHECK(contains(result.err, text + (front ? "imsearch " : "imsearch-") +
                                   "build-index makes an index"));
  }
}

TEST_CASE("a mistyped command or option names what was meant") {
  const Collection collection(5);
  const auto refusal = [&](const std::vector<std::string>& command) {
    const RunResult result = collection.run(command);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK(contains(refusal({"imsearch", "qurey"}),
                 "qurey: not a command of imsearch: did you mean query?"));
  const std::string far = refusal({"imsearch", "frobnicate"});
  CHECK(contains(far, "frobnicate: not a command of imsearch\n"));
  CHECK(contains(refusal({"query", "--treshold", "1"}),
                 "--treshold: no such option: did you mean --threshold?"));
  CHECK(contains(refusal({"query", "--treshold=1"}), "mean --threshold?"));
  CHECK(contains(refusal({"bench", "extract", "--netwrok", "x"}),
                 "--netwrok: no such option: did you mean --network?"));
  CHECK(contains(refusal({"query", "--zzzzzz"}), "--zzzzzz: no such option\n"));
}

TEST_CASE("a file whose name begins like an option is told from one") {
  const Collection collection(5);
  collection.write("-dash.jpg", "x");
  const RunResult result = collection.run({"query", "-dash.jpg"});
  CHECK(result.status == 2);
  CHECK(contains(result.err,
                 "-dash.jpg: no such option: the file of that name is "
                 "./-dash.jpg, or comes behind --"));
  // Behind it, options are files, too.
  const std::string behind =
      collection.run({"query", "--", "-dash.jpg", "-k", "1"}).err;
  CHECK(contains(behind, "-k: No such file or directory: options come before"));
  CHECK(!contains(behind, "by words"));
}

TEST_CASE("an empty name is shown as one") {
  const Collection collection(0);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"extract", ""},
        {"query", "-i", "", "--id", "1"},
        {"build-index", ""},
        {"duplicates", "-i", ""}}) {
    const RunResult result = collection.run(command);
    CAPTURE(result.err);
    CHECK(result.status != 0);
    CHECK(contains(result.err, command[0] + ": ''"));
    CHECK(!contains(result.err, ": :"));
  }
}

TEST_CASE("help lists every command, and opens manuals") {
  const Collection collection(0);
  const RunResult help = collection.run({"imsearch", "--help"});
  REQUIRE(help.status == 0);
  CHECK(collection.run({"imsearch"}).out == help.out);
  for (const char* command : {"extract", "build-index", "query", "eval-recall",
                              "bench", "push", "fetch-weights"})
    CHECK(contains(help.out, std::string("\n  ") + command + " "));
  CHECK(contains(collection.run({"imsearch", "help", "qurey"}).err,
                 "did you mean query?"));
  // A reader of manuals that prints which it was given.
  collection.write("man", "#!/bin/sh\necho \"$@\"\n");
  std::filesystem::permissions(collection.path("man"),
                               std::filesystem::perms::owner_all);
  test::RunOptions options;
  options.environment = {"PATH=" + collection.path("")};
  const RunResult manual =
      collection.run({"imsearch", "help", "query"}, options);
  CHECK(contains(manual.out, "share/man/man1/imsearch-query.1"));
  for (const char* about : {"", "help"})
    CHECK(contains(collection.run({"imsearch", "help", about}, options).out,
                   "share/man/man7/imsearch.7"));
  for (const char* asked : {"-h", "--help"})
    CHECK(collection.run({"imsearch", "help", asked}).out == help.out);
  // Programs alone, without their manuals.
  const test::TempDir bare;
  std::filesystem::create_directory(bare / "bin");
  std::filesystem::copy_file(test::tool_path("imsearch"),
                             bare / "bin/imsearch");
  const RunResult none =
      collection.run({bare / "bin/imsearch", "help", "query"});
  CHECK(none.status == 1);
  CHECK(contains(none.err, "no such manual: 'imsearch query --help' says"));
}

TEST_CASE("--version --json has the facts that a bug report needs") {
  const Collection collection(0);
  const RunResult result = collection.run({"imsearch", "--version", "--json"});
  REQUIRE(result.status == 0);
  const auto facts = nlohmann::json::parse(result.out);
  for (const char* key :
       {"version", "compiler", "build", "system", "cpu",
        "memory_bytes_available", "engines", "weights", "limits"})
    CHECK(facts.contains(key));
  CHECK(facts["engines"][0] == "onednn");
  CHECK(facts["weights"]["demo"]["sha256"].get<std::string>().size() == 64);
  const auto& tables = facts["cpu"]["kernel_tables"];
  CHECK(tables.back() == "scalar");
  CHECK(std::find(tables.begin(), tables.end(), facts["cpu"]["kernel_table"]) !=
        tables.end());
}
