// eval-recall, which judges the whole pipeline.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunResult;
using Json = nlohmann::json;

namespace {

/// The table without its times, which differ from run to run.
std::vector<std::vector<std::string>> recalls_in(const std::string& table) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : test::lines_of(table)) {
    rows.push_back(test::fields_of(line));
    REQUIRE(rows.back().size() > 4);
    rows.back().resize(rows.back().size() - 2);
  }
  return rows;
}

/// Rows in a few clusters, narrower than the steps of 8-bit codes: no search by
/// codes can tell a cluster's rows apart.
std::string crowded_vectors(std::size_t rows) {
  constexpr std::size_t kClusters = 10;
  constexpr std::size_t kValues = Collection::kDim;
  std::mt19937 random(5);
  const auto next = [&] {
    return static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
  };
  std::vector<float> values(kClusters * kValues);
  for (float& value : values) value = next();
  for (std::size_t i = values.size(); i < rows * kValues; ++i)
    values.push_back(values[i % (kClusters * kValues)] + 0.003F * next());
  return test::float_bytes(values);
}

/// An index so poor that a walk misses neighbours.
void build_poorly(const Collection& collection) {
  collection.build({"-M", "2", "--ef-construction", "1", "-j", "1"});
}

}  // namespace

TEST_CASE("a good index finds all but a few, exact search finds all") {
  const Collection collection(3000);
  collection.build();
  const RunResult result = collection.run({"eval-recall", "--ef", "16,100"});
  CHECK(result.status == 0);
  CHECK(
      contains(result.err, "1,000 queries (sampled rows) against 3,000 rows"));
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] ==
        "search\tef\trecall@1\trecall@10\tlow\thigh\tsingle_ms\tbatch_ms");
  const auto rows = recalls_in(result.out);
  CHECK(rows[1] == std::vector<std::string>{"exact", "-", "1.0000", "1.0000",
                                            "1.0000", "1.0000"});
  CHECK(rows[2][0] == "index");
  CHECK(rows[2][1] == "16");
  CHECK(rows[3][1] == "100");
  CHECK(std::stod(rows[3][3]) >= 0.99);
  CHECK(std::stod(rows[3][3]) >= std::stod(rows[2][3]));
  for (const std::string& line : lines) {
    if (&line == &lines[0]) continue;
    const auto fields = test::fields_of(line);
    CHECK(std::stod(fields[6]) > 0);
    CHECK(std::stod(fields[7]) > 0);
  }
}

TEST_CASE("an ef that reaches all rows finds all") {
  const Collection collection(500);
  build_poorly(collection);
  const auto rows = recalls_in(
      collection.run({"eval-recall", "--ef", "500", "-k", "20"}).out);
  CHECK(rows[0][4] == "recall@20");
  CHECK(rows[2] == std::vector<std::string>{"index", "500", "1.0000", "1.0000",
                                            "1.0000", "1.0000", "1.0000"});
}

TEST_CASE("the recall is the same for a seed, whatever the threads") {
  const Collection collection(3000);
  build_poorly(collection);
  const auto recalls = [&](std::vector<std::string> options) {
    options.insert(options.begin(),
                   {"eval-recall", "--samples", "200", "--ef", "10"});
    return recalls_in(collection.run(options).out);
  };
  const auto once = recalls({"-j", "1"});
  CHECK(once[2][3] < "0.9990");
  CHECK(recalls({"-j", "3"}) == once);
  CHECK(recalls({"--seed", "2"}) != once);
}

TEST_CASE("the interval holds the estimate") {
  const Collection collection(3000);
  build_poorly(collection);
  const auto rows =
      recalls_in(collection.run({"eval-recall", "--ef", "10"}).out);
  const double recall = std::stod(rows[2][3]);
  CHECK(std::stod(rows[2][4]) < recall);
  CHECK(recall < std::stod(rows[2][5]));
}

TEST_CASE("re-ranking more finds more of a crowd") {
  Collection collection(0);
  collection.write("fvecs.bin", crowded_vectors(2000));
  collection.write("fnames.txt", test::numbered_names(2000));
  collection.build({"--dim", std::to_string(Collection::kDim)});
  const auto recall = [&](const std::string& count) {
    const RunResult result =
        collection.run({"eval-recall", "--ef", "100", "--rerank-codes", count,
                        "--rerank", count});
    REQUIRE(result.status == 0);
    return std::stod(recalls_in(result.out).at(2).at(3));
  };
  CHECK(recall("1") + 0.1 < recall("100"));
}

TEST_CASE("--at-least judges the largest ef") {
  const Collection collection(3000);
  build_poorly(collection);
  const RunResult bad =
      collection.run({"eval-recall", "--ef", "10,11", "--at-least", "0.9999"});
  CHECK(bad.status == 1);
  CHECK(test::lines_of(bad.out).size() == 4);
  CHECK(contains(bad.err, "eval-recall: recall@10 is 0."));
  CHECK(contains(bad.err, " at ef 11, less than 0.9999"));
  CHECK(collection.run({"eval-recall", "--ef", "3000,10", "--at-least", "1"})
            .status == 0);
  CHECK(collection.run({"eval-recall", "--at-least", "1.5"}).status == 2);
}

TEST_CASE("--tune prints an ef that is enough, while one less is not") {
  const Collection collection(3000);
  build_poorly(collection);
  for (const std::string seed : {"1", "2"}) {
    const RunResult tuned = collection.run(
        {"eval-recall", "--tune", "0.99", "--samples", "200", "--seed", seed});
    CHECK(tuned.status == 0);
    REQUIRE(test::lines_of(tuned.out).size() == 1);
    const int ef = std::stoi(tuned.out);
    CHECK(tuned.out == std::to_string(ef) + "\n");
    REQUIRE(ef > 10);
    CHECK(contains(tuned.err, "eval-recall: ef 10: recall@10 0."));
    CHECK(contains(tuned.err, "eval-recall: ef " + std::to_string(ef) + ": "));
    const auto rows = recalls_in(
        collection
            .run({"eval-recall", "--samples", "200", "--seed", seed, "--ef",
                  std::to_string(ef) + "," + std::to_string(ef - 1)})
            .out);
    CHECK(std::stod(rows[2][3]) >= 0.99);
    CHECK(std::stod(rows[3][3]) < 0.99);
  }
}

TEST_CASE("--tune --json tells what was tried; threads change nothing") {
  const Collection collection(3000);
  build_poorly(collection);
  const std::vector<std::string> command = {
      "eval-recall", "--tune", "0.98", "-k", "5", "--json", "--quiet", "-j"};
  const auto run_on = [&](const std::string& threads) {
    auto args = command;
    args.push_back(threads);
    return collection.run(args);
  };
  const RunResult result = run_on("1");
  CHECK(result.err.empty());
  CHECK(run_on("3").out == result.out);
  REQUIRE(test::lines_of(result.out).size() == 1);
  const Json tuning = Json::parse(result.out);
  CHECK(tuning["wanted"] == 0.98);
  CHECK(tuning["queries"] == 1000);
  CHECK(tuning["recall@5"] >= 0.98);
  CHECK(tuning["low"] <= tuning["recall@5"]);
  CHECK(tuning["tried"][0]["ef"] == 5);
  bool one_less = false;
  for (const Json& trial : tuning["tried"]) {
    CHECK((trial["ef"] >= tuning["ef"]) == (trial["recall@5"] >= 0.98));
    one_less = one_less || trial["ef"] == tuning["ef"].get<int>() - 1;
  }
  CHECK(one_less);
}

TEST_CASE("--tune begins at k, which may be enough") {
  const Collection collection(50);
  collection.build();
  for (const char* k : {"50", "200"})  // all rows, and more
    CHECK(collection.run({"eval-recall", "--tune", "1", "-k", k}).out ==
          std::string(k) + "\n");
  CHECK(collection.run({"eval-recall", "--tune", "0"}).out == "10\n");
}

TEST_CASE("--tune finds an ef for all, however crowded the rows") {
  const Collection collection(0);
  collection.write("crowd.bin", crowded_vectors(3000));
  collection.write("fnames.txt", test::numbered_names(3000));
  collection.build({"crowd.bin", "-n", "fnames.txt", "--dim",
                    std::to_string(Collection::kDim)});
  const RunResult result = collection.run(
      {"eval-recall", "-i", "crowd.bin.hnsw.index", "--tune", "1"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "eval-recall: ef 10: recall@10 0."));
  CHECK(std::stoul(result.out) > 10);
}

TEST_CASE("--tune does not go with what it finds itself") {
  const Collection collection(0);
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--ef", "64"},
                                             {"--at-least", "0.9"}}) {
    std::vector<std::string> args = {"eval-recall", "--tune", "0.9"};
    args.insert(args.end(), more.begin(), more.end());
    const RunResult result = collection.run(args);
    CHECK(result.status == 2);
    CHECK(contains(result.err, more[0]));
  }
  for (const char* recall : {"1.5", "-0.1", "nan", "high"})
    CHECK(collection.run({"eval-recall", "--tune", recall}).status == 2);
}

TEST_CASE("queries may come from a file, and find themselves") {
  const Collection collection(400);
  collection.build();
  collection.write("q.bin", collection.read("fvecs.bin"));
  const RunResult result = collection.run(
      {"eval-recall", "--vectors", "q.bin", "--ef", "64", "--json"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "400 queries (q.bin)"));
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 2);
  const Json exact = Json::parse(lines[0]);
  CHECK(exact["search"] == "exact");
  CHECK(exact["queries"] == 400);
  CHECK_FALSE(exact.contains("ef"));
  const Json index = Json::parse(lines[1]);
  CHECK(index["search"] == "index");
  CHECK(index["ef"] == 64);
  CHECK(index["recall@1"] == 1.0);
  for (const char* name : {"recall@10", "low", "high", "single_ms", "batch_ms"})
    CHECK(index[name].is_number());
}

TEST_CASE("recall@k has no more columns than k allows") {
  const Collection collection(50);
  collection.build();
  const auto header = [&](const std::string& k) {
    return test::lines_of(
        collection.run({"eval-recall", "--ef", "16", "-k", k}).out)[0];
  };
  CHECK(contains(header("1"), "\trecall@1\tlow"));
  CHECK(contains(header("5"), "\trecall@1\trecall@5\tlow"));
  CHECK(contains(header("12"), "\trecall@1\trecall@10\trecall@12\tlow"));
}

TEST_CASE("without the vectors there is no truth") {
  const Collection collection(50);
  collection.build();
  std::filesystem::remove(collection.path("fvecs.bin"));
  const RunResult result = collection.run({"eval-recall"});
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "recall is measured against the vectors"));
}

TEST_CASE("queries that are none, or of another dimension, are errors") {
  const Collection collection(50);
  collection.build();
  collection.write("none.bin", "");
  CHECK(contains(collection.run({"eval-recall", "--vectors", "none.bin"}).err,
                 "none.bin: no rows to ask for"));
  collection.write("odd.bin", std::string(100, '\0'));
  CHECK(collection.run({"eval-recall", "--vectors", "odd.bin"}).status == 1);
  CHECK(collection
            .run({"eval-recall", "--vectors", "fvecs.bin", "--samples", "5"})
            .status == 2);
}

TEST_SUITE_END();
