// query's options that say what is asked and what may be an answer, against
// rankings that are computed here.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::fields_of;
using test::lines_of;
using test::RunResult;

namespace {

constexpr std::size_t kRows = 300;

/// Rows in folders a, b and c; row i and row i + 150 are alike.
struct Folders : Collection {
  Folders() : Collection(kRows) {
    std::string bytes = read("fvecs.bin");
    const std::size_t half = bytes.size() / 2;
    bytes.replace(half, half, bytes.substr(0, half));
    write("fvecs.bin", bytes);
    std::string names;
    for (std::size_t i = 0; i < kRows; ++i) names += name(i) + "\n";
    write("fnames.txt", names);
    build();
    std::vector<float> values(kRows * kDim);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    for (std::size_t i = 0; i < kRows; ++i) {
      double norm = 0;
      for (std::size_t j = 0; j < kDim; ++j)
        norm += std::pow(values[i * kDim + j], 2);
      std::vector<double> row(kDim);
      for (std::size_t j = 0; j < kDim; ++j)
        row[j] = values[i * kDim + j] / std::sqrt(norm);
      units.push_back(row);
    }
  }

  static std::string name(std::size_t row) {
    return std::string(1, "abc"[row % 3]) + "/" + std::to_string(row) +
           (row % 2 == 0 ? ".JPG" : ".png");
  }

  /// The names of all rows but those of `without`, most similar to the sum
  /// first.
  std::vector<std::string> ranked(
      const std::vector<std::pair<double, std::size_t>>& sum,
      const std::set<std::size_t>& without) const {
    std::vector<std::pair<double, std::size_t>> rows;
    for (std::size_t i = 0; i < kRows; ++i) {
      double similarity = 0;
      for (const auto& [weight, row] : sum)
        for (std::size_t j = 0; j < kDim; ++j)
          similarity += weight * units[row][j] * units[i][j];
      if (without.count(i) == 0) rows.emplace_back(-similarity, i);
    }
    // Equal ones by row: sums of equal terms differ in no bit.
    std::sort(rows.begin(), rows.end());
    std::vector<std::string> names;
    for (const auto& each : rows) names.push_back(name(each.second));
    return names;
  }

  std::vector<std::string> names(std::vector<std::string> options) const {
    options.insert(options.begin(), {"query", "-l"});
    const RunResult result = run(options);
    CAPTURE(result.err);
    CHECK(result.status == 0);
    return lines_of(result.out);
  }

  std::vector<std::vector<double>> units;
};

const Folders& folders() {
  static const Folders kFolders;
  return kFolders;
}

template <typename Keep>
std::vector<std::string> first(std::vector<std::string> names, std::size_t k,
                               const Keep& keep) {
  names.erase(std::remove_if(names.begin(), names.end(),
                             [&](const std::string& n) { return !keep(n); }),
              names.end());
  names.resize(std::min(k, names.size()));
  return names;
}

}  // namespace

TEST_CASE("--only and --not choose among names, and k are found") {
  const Folders& c = folders();
  const auto all = c.ranked({{1, 7}}, {7});
  CHECK(c.names({"--id", "7", "-k", "12", "--only", "b"}) ==
        first(all, 12, [](const auto& n) { return n[0] == 'b'; }));
  CHECK(c.names({"--id", "7", "-k", "200", "--not", "b", "--not", "*.PNG"}) ==
        first(all, 200, [](const auto& n) {
          return n[0] != 'b' && contains(n, ".JPG");
        }));
  CHECK(c.names({"--id", "7", "-k", "9", "--only", "a/*", "--only", "c/2*",
                 "--not", "*/2[0-4]*"}) == first(all, 9, [](const auto& n) {
          const bool only = n[0] == 'a' || n.rfind("c/2", 0) == 0;
          return only &&
                 !(n[2] == '2' && n.size() > 3 && n[3] >= '0' && n[3] <= '4');
        }));
  CHECK(c.names({"--id", "7", "--exact", "-k", "12", "--only", "b"}) ==
        c.names({"--id", "7", "-k", "12", "--only", "b"}));
  const RunResult none = c.run({"query", "--id", "7", "--only", "d"});
  CHECK(none.out.empty());
  CHECK(contains(none.err, "--only d: no name in fvecs.bin.hnsw.index"));
  CHECK(contains(c.run({"query", "--id", "7", "--only", "a", "--only", "b",
                        "--not", "[ab]"})
                     .err,
                 "--only a --only b --not [ab]: no name in"));
}

TEST_CASE("a pattern that matches no name is told, with what names are like") {
  const Folders& c = folders();
  const RunResult result =
      c.run({"query", "--id", "7", "--not", "../b", "--not", "b", "--only",
             "none", "--only", "a"});
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 10);
  CHECK(lines_of(result.err).size() == 2);
  CHECK(contains(result.err,
                 "query: --only none: no image has such a name: "
                 "names are like a/"));
  CHECK(contains(result.err, "query: --not ../b: no image has such a name"));
}

TEST_CASE("--only and --not take paths as a shell completes them") {
  const Folders& c = folders();
  const auto of = [&](const std::string& option, const std::string& pattern) {
    return c.names({"--id", "7", "-k", "200", option, pattern});
  };
  const auto all = of("--not", "nothing");
  for (const std::string& here : {std::string("."), c.path("")}) {
    CAPTURE(here);
    CHECK(of("--only", here + "/b") == of("--only", "b"));
    CHECK(of("--only", here + "//b/") == of("--only", "b"));
    CHECK(of("--only", here + "/b/./2*") == of("--only", "b/2*"));
    CHECK(of("--not", here + "/b") == of("--not", "b"));
    CHECK(of("--only", here) == all);
  }
  CHECK(of("--only", "./b") == of("--only", "b"));
  // From the start of names: not a file that is called so in a folder.
  const std::string file = all.front().substr(all.front().rfind('/') + 1);
  CHECK(of("--only", file).size() > 0);
  CHECK(of("--only", "./" + file).size() == 0);
}

TEST_CASE("--plus and --minus are sums of unit vectors") {
  const Folders& c = folders();
  const auto any = [](const std::string&) { return true; };
  CHECK(c.names(
            {"--id", "7", "--plus", "0.75:" + Folders::name(20), "-k", "20"}) ==
        first(c.ranked({{1, 7}, {0.75, 20}}, {7, 20}), 20, any));
  CHECK(c.names({"--plus", "0.25:" + Folders::name(3), "--minus",
                 "2:" + Folders::name(4), "--like", Folders::name(5), "-k",
                 "20"}) ==
        first(c.ranked({{1, 5}, {0.25, 3}, {-2, 4}}, {3, 4, 5}), 20, any));
  const RunResult alone = c.run({"query", "--minus", Folders::name(4), "--plus",
                                 Folders::name(3), "-k", "1"});
  CHECK(fields_of(lines_of(alone.out).at(0))[0] ==
        Folders::name(3) + " - " + Folders::name(4));
  CHECK(c.names({"--plus", Folders::name(4), "--self", "-k", "1"}) ==
        std::vector<std::string>{Folders::name(4)});
  const RunResult nothing = c.run(
      {"query", "--plus", Folders::name(4), "--minus", Folders::name(154)});
  CHECK(nothing.status == 1);
  CHECK(contains(nothing.err, "cancel each other out"));
  const RunResult negative = c.run({"query", "--plus", "-1:" + c.name(4)});
  CHECK(contains(negative.err, "a weight must be above 0"));
  const RunResult gone = c.run({"query", "--id", "1", "--plus", "gone.jpg"});
  CHECK(gone.status == 1);
  CHECK(contains(gone.err, "--plus gone.jpg: No such file or directory"));
}

TEST_CASE("--distinct leaves out what an answer above it is like") {
  const Folders& c = folders();
  const auto both = c.names({"--id", "7", "-k", "40"});
  CHECK(both[0] == Folders::name(157));  // its copy
  const auto distinct = c.names({"--id", "7", "-k", "20", "--distinct=0.9999"});
  REQUIRE(distinct.size() == 20);
  std::set<std::size_t> pictures;
  for (const std::string& name : distinct)
    pictures.insert(std::stoul(name.substr(2)) % 150);
  CHECK(pictures.size() == 20);
  // Of each pair the first, in the order of the answer.
  std::vector<std::string> wanted;
  std::set<std::size_t> seen;
  for (const std::string& name : both)
    if (seen.insert(std::stoul(name.substr(2)) % 150).second)
      wanted.push_back(name);
  wanted.resize(20);
  CHECK(distinct == wanted);
  // Never fewer than k while there are others: all 150, but for none.
  CHECK(c.names({"--id", "7", "-k", "300", "--distinct=0.9999"}).size() == 150);
  CHECK(c.names({"--id", "7", "-k", "3", "--distinct=-1"}).size() == 1);
}

TEST_CASE("--self leaves a row in its own answer") {
  const Folders& c = folders();
  CHECK(c.names({"--id", "7", "-k", "2", "--self"}) ==
        std::vector<std::string>{Folders::name(7), Folders::name(157)});
  CHECK(c.names({"--like", Folders::name(7), "-k", "1", "--self"}) ==
        std::vector<std::string>{Folders::name(7)});
}

TEST_CASE("--all asks for each row by its name") {
  const Folders& c = folders();
  const RunResult all = c.run({"query", "--all", "-k", "1"});
  CHECK(all.status == 0);
  const auto lines = lines_of(all.out);
  REQUIRE(lines.size() == kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto fields = fields_of(lines[i]);
    CHECK(fields[0] == Folders::name(i));
    CHECK(fields[3] == Folders::name((i + 150) % kRows));
  }
}

TEST_CASE("--names gives names alone, with -0 in their own bytes") {
  const Collection collection(5);
  collection.write("fnames.txt", std::string("a\nb\0b\n\\c\xFF\0d\0e\0\0", 15));
  REQUIRE(collection.run({"build-index", "-q", "-0"}).status == 0);
  const RunResult lines = collection.run({"query", "--id", "3", "-l"});
  CHECK(lines_of(lines.out).size() == 6);  // two names have a newline in them
  const RunResult zero = collection.run({"query", "--id", "3", "-l", "-0"});
  CHECK(std::count(zero.out.begin(), zero.out.end(), '\0') == 4);
  CHECK(contains(zero.out, std::string("\n\\c\xFF\0", 5)));
  CHECK_FALSE(contains(zero.out, "\t"));
}

TEST_CASE("options that say nothing sensible are told") {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{
           {"query", "--id", "1", "-l", "--json"},
           {"query", "--id", "1", "--preview"},
           {"query", "--id", "1", "--preview=ansi"},
           {"query", "--id", "1", "-l", "--preview=kitty"},
           {"query", "--id", "1", "--only", ""},
           {"query", "--id", "1", "--not="},
           {"query", "--id", "1", "--distinct=2"},
           {"query", "--id", "1", "--distinct=near"},
           {"query", "--id", "1", "--distinct"},  // of an unknown network
           {"query", "--plus", "0:1.jpg"},
           {"query", "--plus", "0.5:"},
           {"query", "--minus", "-1:1.jpg"},
           {"query", "--id", "1", "--html", "-"},
           {"query", "--id", "1", "--html", "x.pdf"},
           {"query", "--id", "1", "--html", "fvecs.bin"}}) {
    CAPTURE(command);
    const RunResult result = folders().run(command);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "try 'query --help'"));
  }
}

TEST_SUITE_END();
