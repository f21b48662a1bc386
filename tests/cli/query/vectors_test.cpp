// query --vectors, and vectors that changed.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;

namespace {

constexpr std::size_t kRowBytes = Collection::kDim * 4;

}  // namespace

TEST_CASE("more rows than a block of vectors are all answered, in order") {
  const Collection collection(30);
  collection.build();
  const std::string vectors = collection.read("fvecs.bin");
  std::string many;
  for (int i = 0; i < 100; ++i) many += vectors;
  collection.write("many.bin", many);
  for (const char* option : {"--quiet", "--exact"}) {
    const auto lines = test::lines_of(
        collection.run({"query", "--vectors", "many.bin", "-k", "1", option})
            .out);
    REQUIRE(lines.size() == 3000);
    for (std::size_t i = 0; i < lines.size(); ++i)
      CHECK(lines[i] == std::to_string(i) + "\t1\t1.000000\t" +
                            std::to_string(i % 30) + ".jpg");
  }
}

TEST_CASE("vectors on standard input are answered, each ended by a blank") {
  const Collection collection(60);
  collection.build();
  RunOptions input;
  input.input = collection.read("fvecs.bin").substr(0, 3 * kRowBytes);
  const RunResult result =
      collection.run({"query", "--vectors", "-", "-k", "1"}, input);
  CHECK(result.status == 0);
  CHECK(result.out ==
        "0\t1\t1.000000\t0.jpg\n\n1\t1\t1.000000\t1.jpg\n\n"
        "2\t1\t1.000000\t2.jpg\n\n");
}

TEST_CASE("a partial last row is an error, after the answers to the others") {
  const Collection collection(60);
  collection.build();
  RunOptions input;
  input.input = collection.read("fvecs.bin").substr(0, kRowBytes + 10);
  const RunResult result =
      collection.run({"query", "--vectors", "-", "-k", "1"}, input);
  CHECK(result.status == 1);
  CHECK(result.out == "0\t1\t1.000000\t0.jpg\n\n");
  CHECK(contains(result.err,
                 "query: standard input: 10 bytes after row 1, a row of 24 "
                 "floats has 96"));
}

TEST_CASE("fault 21: a pipe by name is read as standard input is") {
  const Collection collection(60);
  collection.build();
  collection.write("q.bin",
                   collection.read("fvecs.bin").substr(0, 3 * kRowBytes));
  const auto shell = [&](const std::string& tool) {
    return collection.run(
        {"/bin/bash", "-c",
         test::tool_path(tool) + " --vectors <(cat q.bin) -k 1 --json"});
  };
  RunOptions input;
  input.input = collection.read("q.bin");
  const RunResult by_name = shell("query");
  CHECK(by_name.status == 0);
  CHECK(by_name.err.empty());
  CHECK(by_name.out ==
        collection.run({"query", "--vectors", "-", "-k", "1", "--json"}, input)
            .out);
  CHECK(test::lines_of(by_name.out).size() == 3);
  const RunResult recall = shell("eval-recall");
  CHECK(recall.status == 0);
  CHECK(contains(recall.out, "\"queries\":3"));
  CHECK(shell("bench").status == 0);
  // A part of a row is an error there, too.
  collection.write("q.bin", input.input.substr(0, kRowBytes + 10));
  CHECK(contains(shell("query").err, "10 bytes after row 1"));
  CHECK(contains(shell("eval-recall").err, "10 bytes after row 1"));
}

TEST_CASE("fault 21: a row of .fvecs with another dim is its query's error") {
  const Collection collection(60);
  collection.build();
  const std::string vectors = collection.read("fvecs.bin");
  std::string queries;
  for (std::size_t i = 0; i < 3; ++i)
    queries += std::string(i == 1 ? "\x17\0\0\0" : "\x18\0\0\0", 4) +
               vectors.substr(i * kRowBytes, kRowBytes);
  collection.write("q.fvecs", queries);
  const RunResult result =
      collection.run({"query", "--vectors", "q.fvecs", "-k", "1"});
  CHECK(result.status == 1);
  CHECK(result.out == "0\t1\t1.000000\t0.jpg\n2\t1\t1.000000\t2.jpg\n");
  CHECK(contains(result.err, "row 0 has 24 values, but row 1 has 23"));
  collection.write("three", "a\nb\nc\n");
  const RunResult built =
      collection.run({"build-index", "q.fvecs", "-n", "three"});
  CHECK(built.status == 1);
  CHECK(contains(built.err, "row 0 has 24 values, but row 1 has 23"));
}

TEST_CASE("a vector with NaN is an error of that query alone") {
  const Collection collection(60);
  collection.build();
  std::string vectors = collection.read("fvecs.bin").substr(0, 3 * kRowBytes);
  vectors.replace(kRowBytes, 4,
                  test::float_bytes({std::numeric_limits<float>::quiet_NaN()}));
  collection.write("q.bin", vectors);
  const RunResult file =
      collection.run({"query", "--vectors", "q.bin", "-k", "1"});
  CHECK(file.status == 1);
  CHECK(file.out == "0\t1\t1.000000\t0.jpg\n2\t1\t1.000000\t2.jpg\n");
  CHECK(contains(file.err, "query: 1: "));
  RunOptions input;
  input.input = vectors;
  const RunResult stream =
      collection.run({"query", "--vectors", "-", "-k", "1"}, input);
  CHECK(stream.status == 1);
  CHECK(stream.out == "0\t1\t1.000000\t0.jpg\n\n\n2\t1\t1.000000\t2.jpg\n\n");
  CHECK(contains(stream.err, "query: 1: holds NaN or infinity"));
}

TEST_CASE("vectors of another model are refused, unknown ones are not") {
  const Collection collection(20);
  const auto sidecar = [](const std::string& hash) {
    return "{\"dim\": 24, \"model\": {\"architecture\": \"net\", "
           "\"weights\": \"" +
           hash + ".st\", \"weights_sha256\": \"" + std::string(64, hash[0]) +
           "\"}}";
  };
  collection.write("fvecs.bin.json", sidecar("a"));
  collection.build();
  collection.write("q.bin", collection.read("fvecs.bin"));
  const std::vector<std::string> tools = {"query", "eval-recall", "bench"};
  for (const std::string& tool : tools) {
    CAPTURE(tool);
    collection.write("q.bin.json", sidecar("b"));
    const RunResult other = collection.run({tool, "--vectors", "q.bin"});
    CHECK(other.status == 1);
    CHECK(other.out.empty());
    CHECK(contains(other.err,
                   "q.bin.json: made by net b.st (sha256 bbbbbbbbbbbb), but "
                   "fvecs.bin.hnsw.index by net a.st (sha256 aaaaaaaaaaaa)"));
    collection.write("q.bin.json", "{\"dim\": 24}");
    CHECK(collection.run({tool, "--vectors", "q.bin"}).status == 0);
    collection.write("q.bin.json", sidecar("a"));
    CHECK(collection.run({tool, "--vectors", "q.bin"}).status == 0);
  }
}

TEST_CASE("a row that became NaN is an error of its query alone") {
  // More rows than the fingerprint looks at.
  const Collection collection(500);
  collection.build();
  std::string vectors = collection.read("fvecs.bin");
  vectors.replace(100 * kRowBytes, 4,
                  test::float_bytes({std::numeric_limits<float>::quiet_NaN()}));
  std::ofstream(collection.path("fvecs.bin"), std::ios::binary) << vectors;
  const RunResult result = collection.run(
      {"query", "-k", "1", "--id", "2", "--id", "100", "--id", "2"});
  CHECK(result.status == 1);
  CHECK(test::lines_of(result.out).size() == 2);
  CHECK(result.err ==
        "query: 100: fvecs.bin: row 100: NaN or infinity: changed since "
        "fvecs.bin.hnsw.index was built: build the index again, or put the old "
        "vectors back\n");
}

TEST_CASE("queries of another dimension are refused") {
  const Collection collection(20);
  collection.build();
  collection.write("q.bin", std::string(100, '\0'));
  CHECK(collection.run({"query", "--vectors", "q.bin"}).status == 1);
  const std::uint32_t header[2] = {1, 12};
  collection.write("q.fbin",
                   std::string(reinterpret_cast<const char*>(header), 8) +
                       std::string(48, '\0'));
  const RunResult result = collection.run({"query", "--vectors", "q.fbin"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "q.fbin"));
  CHECK(contains(result.err, "12"));
  CHECK(contains(result.err, "24"));
}

TEST_CASE("vectors that this user may not read are not to be built from") {
  const Collection collection(50);
  collection.build();
  std::filesystem::permissions(collection.path("fvecs.bin"),
                               std::filesystem::perms::none);
  RunOptions unprivileged;
  unprivileged.unprivileged = true;
  const RunResult result =
      collection.run({"query", "--id", "1", "-k", "1"}, unprivileged);
  CHECK(result.status == 0);
  CHECK(contains(result.err,
                 "fvecs.bin: Permission denied: similarities are approximate: "
                 "let this user read the vectors"));
  CHECK_FALSE(contains(result.err, "build-index"));
}

TEST_SUITE_END();
