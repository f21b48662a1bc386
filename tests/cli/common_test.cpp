// What all tools have in common, on the real binaries.
#include "cli/collection.h"
#include "io/file.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::Collection;
using test::RunResult;

namespace {

struct Tool {
  std::string name;
  std::vector<std::string> missing_file;  // a command line that names "nowhere"
};

const std::vector<Tool>& tools() {
  static const std::vector<Tool> kTools = {
      {"extract", {"extract", "nowhere/a.jpg"}},
      {"build-index", {"build-index", "nowhere"}},
      {"query", {"query", "-i", "nowhere", "--id", "0"}},
      {"eval-recall", {"eval-recall", "-i", "nowhere"}},
      {"bench", {"bench", "-i", "nowhere"}}};
  return kTools;
}

/// Every line of standard error begins with the tool's name.
void check_complaint(const std::string& tool, const std::string& err) {
  CAPTURE(err);
  CHECK_FALSE(err.empty());
  CHECK(err.back() == '\n');
  for (const std::string& line : test::lines_of(err))
    CHECK(line.rfind(tool + ": ", 0) == 0);
}

}  // namespace

TEST_CASE("--help is printed on standard output") {
  for (const Tool& tool : tools()) {
    CAPTURE(tool.name);
    const RunResult result = test::run({tool.name, "--help"});
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    CHECK(result.out.find("Usage: " + tool.name) != std::string::npos);
    CHECK(result.out.find("--version") != std::string::npos);
  }
}

TEST_CASE("--version is the tool's name and a version") {
  for (const Tool& tool : tools()) {
    CAPTURE(tool.name);
    const RunResult result = test::run({tool.name, "--version"});
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    CHECK(result.out.rfind(tool.name + " ", 0) == 0);
    CHECK(test::lines_of(result.out).size() == 1);
  }
}

TEST_CASE("an unknown option is a usage error that points to --help") {
  const Collection collection(0);
  for (const Tool& tool : tools()) {
    CAPTURE(tool.name);
    const RunResult result = collection.run({tool.name, "--no-such-option"});
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find("--no-such-option") != std::string::npos);
    CHECK(result.err.find(tool.name + " --help") != std::string::npos);
    check_complaint(tool.name, result.err);
    CHECK(collection.files().empty());
  }
}

TEST_CASE("a missing file is named, and nothing is written") {
  const Collection collection(0);
  for (const Tool& tool : tools()) {
    CAPTURE(tool.name);
    const RunResult result = collection.run(tool.missing_file);
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    CHECK(result.err.find("nowhere") != std::string::npos);
    check_complaint(tool.name, result.err);
    CHECK(collection.files().empty());
  }
}

TEST_CASE("a value out of range is a usage error") {
  const Collection collection(0);
  for (const Tool& tool : tools()) {
    CAPTURE(tool.name);
    for (const char* threads : {"0", "-1", "many"}) {
      const RunResult result =
          collection.run({tool.name, "--threads", threads});
      CHECK(result.status == 2);
      check_complaint(tool.name, result.err);
    }
  }
}

TEST_CASE("NaN and huge numbers are usage errors in few words") {
  const std::vector<std::vector<std::string>> lines = {
      {"query", "--id", "0", "--threshold", "nan"},
      {"query", "--id", "-1"},
      {"eval-recall", "--samples", "0"},
      {"eval-recall", "--samples", "-1"},
      {"bench", "--samples", "abc"},
      {"build-index", "--seed", "-1"},
      {"query", "--id", "99999999999999999999"},
      {"eval-recall", "--at-least", "nan"}};
  const Collection collection(0);
  for (const auto& line : lines) {
    CAPTURE(line.back());
    const RunResult result = collection.run(line);
    CHECK(result.status == 2);
    CHECK(result.err.size() < 200);
  }
}

namespace {

/// The long options of a tool, and of its subcommands, that --help shows with
/// a value called "N".
std::vector<std::string> numeric_options(const Tool& tool) {
  std::vector<std::string> options;
  std::string help = test::run({tool.name, "--help"}).out;
  for (const std::string& line : test::lines_of(help)) {
    const std::size_t value = line.find(" N ");
    const std::size_t name = line.find("--");
    if (value == std::string::npos) continue;
    if (name < value && line.find(' ', name) == value)
      options.push_back(line.substr(name, value - name));
  }
  return options;
}

}  // namespace

TEST_CASE("fault 7: every whole number of every tool is decimal or refused") {
  const Collection collection(0);
  std::vector<Tool> all = tools();
  all.push_back({"push", {}});
  for (const Tool& tool : all) {
    const std::vector<std::string> options = numeric_options(tool);
    CHECK_FALSE(options.empty());
    for (const std::string& option : options) {
      CAPTURE(tool.name + " " + option);
      const RunResult hexadecimal =
          collection.run({tool.name, "http://h/i", option, "0x8"});
      CHECK(hexadecimal.status == 2);
      CHECK(hexadecimal.err.find("0x8 is not a decimal number") !=
            std::string::npos);
      // C reads no number there. Unknown options are looked at after values.
      const RunResult decimal = collection.run(
          {tool.name, "http://h/i", option, "08", "--no-such-option"});
      CHECK(decimal.status == 2);
      CHECK(decimal.err.find(": Value ") == std::string::npos);
    }
  }
}

TEST_CASE("fault 7: rows, neighbours and candidates have leading zeros") {
  const Collection collection(60);
  collection.build({"-M", "08", "--seed", "010"});
  const auto ask = [&](std::vector<std::string> options) {
    options.insert(options.begin(), "query");
    return test::lines_of(collection.run(options).out);
  };
  CHECK(ask({"--id", "010", "-k", "010"}) == ask({"--id", "10", "-k", "10"}));
  CHECK(ask({"--id", "010", "-k", "010"}).size() == 10);
  CHECK(ask({"--id", "00", "-k", "3"}) == ask({"--id", "0", "-k", "3"}));
  CHECK(ask({"--id", "0x1", "-k", "3"}).empty());
  CHECK(ask({"--id", "1", "-k", "5", "--threshold", "0x0"}).empty());
  const RunResult table =
      collection.run({"eval-recall", "--ef", "016,032", "-k", "010"});
  CHECK(table.out.find("\nindex\t16\t") != std::string::npos);
  CHECK(table.out.find("\nindex\t32\t") != std::string::npos);
  CHECK(table.out.find("recall@10\t") != std::string::npos);
}

TEST_CASE("a full disk under standard output is a failure") {
  test::RunOptions full;
  full.stdout_to = "/dev/full";
  for (const Tool& tool : tools()) {
    for (const char* option : {"--help", "--version"}) {
      CAPTURE(tool.name);
      const RunResult result = test::run({tool.name, option}, full);
      CHECK(result.status == 1);
      CHECK(result.err.find("standard output") != std::string::npos);
      check_complaint(tool.name, result.err);
    }
  }
}

TEST_CASE("results on a full disk are a failure") {
  const Collection collection(30);
  collection.build();
  test::RunOptions full;
  full.stdout_to = "/dev/full";
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{
           {"query", "--id", "0"},
           {"query", "--id", "0", "--json"},
           {"query", "--vectors", "fvecs.bin"},
           {"build-index", "--verify"},
           {"eval-recall", "--ef", "16"},
           {"bench", "--json"}}) {
    CAPTURE(command[0]);
    const RunResult result = collection.run(command, full);
    CHECK(result.status == 1);
    CHECK(result.err.find("standard output: No space left on device") !=
          std::string::npos);
  }
}

TEST_CASE("an installed tool has its prefix, in its words too") {
  const Collection collection(0);
  const std::string query =
      collection.write("imsearch-query", read_file(test::tool_path("query")));
  REQUIRE(test::run({"/bin/chmod", "+x", query}).status == 0);
  CHECK(test::run({query, "--version"}).out.rfind("imsearch-query ", 0) == 0);
  check_complaint("imsearch-query", test::run({query, "--nonsense"}).err);
}

TEST_SUITE_END();
