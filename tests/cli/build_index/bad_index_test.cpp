// Indexes that are not indexes, or damaged: told, never crashed on.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunResult;

namespace {

/// What every tool that opens an index says of these bytes; each must fail,
/// name the file, and print no result.
std::string complaint_about(const Collection& collection,
                            const std::string& bytes) {
  collection.write("bad.index", bytes);
  std::string complaint;
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{
           {"query", "-i", "bad.index", "--id", "0"},
           {"eval-recall", "-i", "bad.index"},
           {"bench", "-i", "bad.index"},
           {"build-index", "--verify", "bad.index"}}) {
    const RunResult result = collection.run(command);
    CAPTURE(command[0]);
    CAPTURE(result.err);
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    CHECK(contains(result.err, command[0] + ": bad.index: "));
    complaint = result.err;
  }
  return complaint;
}

}  // namespace

TEST_CASE("a truncated index is told with both sizes") {
  const Collection collection(100);
  collection.build();
  const std::string good = collection.read("fvecs.bin.hnsw.index");
  for (const std::size_t size :
       {good.size() - 1, good.size() / 2, std::size_t{4096}, std::size_t{200},
        std::size_t{64}}) {
    CAPTURE(size);
    CHECK(contains(complaint_about(collection, good.substr(0, size)),
                   "truncated"));
  }
  CHECK(contains(complaint_about(collection, good.substr(0, good.size() - 1)),
                 std::to_string(good.size() - 1) + " of " +
                     std::to_string(good.size()) + " bytes"));
}

TEST_CASE("empty and foreign files are told apart from an index") {
  const Collection collection(20);
  complaint_about(collection, "");
  complaint_about(collection, "x");
  complaint_about(collection, "these are not the bytes of an index\n");
  complaint_about(collection, std::string(100000, '\0'));
  CHECK(contains(complaint_about(collection, "IHNf" + std::string(500, '\1')),
                 "Faiss"));
  complaint_about(collection, collection.read("fvecs.bin"));
}

TEST_CASE("an index of hnswlib is recognised") {
  // Its header (hnswlib 0.6 saveIndex): offset of level 0, capacity, rows,
  // bytes a row, offsets of label and data, top level, entry, maxM, maxM0, M,
  // mult, ef_construction.
  const Collection collection(20);
  std::string bytes;
  const auto add = [&](auto value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  constexpr std::uint64_t kM = 16;
  constexpr std::uint64_t kLinks = 2 * kM * 4 + 4;
  constexpr std::uint64_t kRow = kLinks + 24ULL * 4 + 8;
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{10},
                                    std::uint64_t{10}, kRow, kRow - 8, kLinks})
    add(value);
  add(std::int32_t{0});
  add(std::uint32_t{0});
  for (const std::uint64_t value : {kM, 2 * kM, kM}) add(value);
  add(0.36);
  add(std::uint64_t{200});
  bytes += std::string(10 * (kRow + 4), '\0');
  CHECK(contains(complaint_about(collection, bytes), "hnswlib"));
}

TEST_CASE("another version is told") {
  const Collection collection(20);
  collection.build();
  std::string bytes = collection.read("fvecs.bin.hnsw.index");
  bytes[12] = static_cast<char>(bytes[12] + 1);
  CHECK(contains(complaint_about(collection, bytes), "version 3"));
}

TEST_CASE("a flipped bit is found by --verify, and crashes nothing") {
  const Collection collection(100);
  collection.build();
  const std::string good = collection.read("fvecs.bin.hnsw.index");
  std::mt19937 random(5);
  for (int i = 0; i < 40; ++i) {
    const std::size_t at =
        i < 10 ? static_cast<std::size_t>(i) * 9 : random() % good.size();
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (random() % 8)));
    collection.write("bad.index", bad);
    CAPTURE(at);
    const RunResult verified =
        collection.run({"build-index", "--verify", "bad.index"});
    CHECK(verified.status == 1);
    CHECK(contains(verified.err, "build-index: bad.index: "));
    const RunResult asked =
        collection.run({"query", "-i", "bad.index", "--id", "0", "--id", "99",
                        "--vectors", "fvecs.bin"});
    CHECK(asked.status <= 1);
  }
}

TEST_CASE("a directory and an unreadable file are not indexes") {
  const Collection collection(20);
  collection.build();
  CHECK(contains(collection.run({"query", "-i", ".", "--id", "0"}).err,
                 "query: ."));
  REQUIRE(
      test::run({"/bin/chmod", "0", collection.path("fvecs.bin.hnsw.index")})
          .status == 0);
  REQUIRE(test::run({"/bin/chmod", "0755", collection.dir().path()}).status ==
          0);
  test::RunOptions bound_by_modes;
  bound_by_modes.unprivileged = true;
  const RunResult result =
      collection.run({"query", "--id", "0"}, bound_by_modes);
  CHECK(result.status == 1);
  CHECK(result.err == "query: fvecs.bin.hnsw.index: Permission denied\n");
}

TEST_CASE("an index where vectors belong is told what it is") {
  const Collection collection(20);
  collection.build();
  const std::string index = collection.read("fvecs.bin.hnsw.index");
  const RunResult result =
      collection.run({"build-index", "fvecs.bin.hnsw.index"});
  CHECK(result.status == 2);
  CHECK(contains(result.err,
                 "build-index: fvecs.bin.hnsw.index: an index already: give "
                 "the vectors to build one from, or check it with --verify\n"));
  CHECK(collection.read("fvecs.bin.hnsw.index") == index);
}

TEST_SUITE_END();
