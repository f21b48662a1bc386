// Deleted images stay deleted, and no others are: fault 19.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using imsearch::test::Collection;
using imsearch::test::contains;
using imsearch::test::RunOptions;
using imsearch::test::RunResult;
namespace test = imsearch::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kIndex = "fvecs.bin.hnsw.index";
constexpr std::size_t kDim = Collection::kDim;
constexpr std::size_t kRowBytes = kDim * 4;

std::string row_of(const std::string& vectors, std::size_t row) {
  return vectors.substr(row * kRowBytes, kRowBytes);
}

}  // namespace

TEST_CASE("fault 19: what was deleted stays so when the index is built anew") {
  const Collection collection(100);
  collection.build();
  collection.write("gone", "5.jpg\n40.jpg\n");
  REQUIRE(collection.run({"build-index", "-q", "--delete", "gone"}).status ==
          0);
  const auto is_there = [&](const std::string& name) {
    return collection.run({"query", "--like", name}).status == 0;
  };
  const RunResult again = collection.run({"build-index"});
  CHECK(again.status == 0);
  CHECK(contains(again.err,
                 "fvecs.bin.hnsw.index: 2 rows stay deleted: "
                 "--restore-deleted indexes them again"));
  CHECK_FALSE(is_there("5.jpg"));
  CHECK_FALSE(is_there("40.jpg"));
  CHECK(is_there("6.jpg"));
  CHECK(collection.run({"build-index", "--verify"}).status == 0);

  // The rows move: they are known by name and vector.
  const std::string vectors = collection.read("fvecs.bin");
  const std::string names = collection.read("fnames.txt");
  collection.write("fvecs.bin", vectors.substr(kRowBytes));
  collection.write("fnames.txt", names.substr(names.find('\n') + 1));
  collection.build();
  CHECK_FALSE(is_there("40.jpg"));
  CHECK(is_there("41.jpg"));

  CHECK(collection.run({"build-index", "--restore-deleted"}).status == 0);
  CHECK(is_there("5.jpg"));
  CHECK(is_there("40.jpg"));
}

TEST_CASE("fault 19: a new image of a deleted one's name is not deleted") {
  const Collection collection(100);
  collection.build();
  collection.write("gone", "5.jpg\n40.jpg\n");
  REQUIRE(collection.run({"build-index", "-q", "--delete", "gone"}).status ==
          0);
  // 5.jpg is added again as it was, 40.jpg is another picture now.
  std::string vectors = collection.read("fvecs.bin");
  collection.write("fvecs.bin", vectors + row_of(vectors, 5));
  collection.write("fnames.txt", test::numbered_names(100) + "5.jpg\n");
  REQUIRE(collection.run({"build-index", "-q", "--append"}).status == 0);
  vectors = collection.read("fvecs.bin");
  vectors.replace(40 * kRowBytes, kRowBytes,
                  test::clustered_vectors(1, kDim, 77));
  collection.write("fvecs.bin", vectors);
  const RunResult again = collection.run({"build-index"});
  CHECK(contains(again.err, ": 1 row stays deleted"));
  CHECK(contains(again.err,
                 ": 1 row has the name of a deleted image, but other "
                 "vectors: it is not deleted"));
  const RunResult found =
      collection.run({"query", "--json", "--like", "5.jpg", "-k", "200"});
  CHECK(found.status == 0);
  CHECK(Json::parse(found.out)["neighbors"].size() == 99);
  CHECK(collection.run({"query", "--like", "40.jpg"}).status == 0);
}

TEST_CASE("fault 19: a name that could be two images' deletes neither") {
  const Collection collection(3);
  // Printed, the first looks as the second is called.
  const std::string tab = "a\tb.jpg";
  const std::string backslash = "a\\tb.jpg";
  collection.write("fnames.txt", tab + "\n" + backslash + "\nc.jpg\n");
  collection.build();
  const std::string index = collection.read(kIndex);
  const auto deleted = [&](const std::string& list, bool null = false) {
    collection.write(kIndex, index);
    RunOptions input;
    input.input = list;
    std::vector<std::string> command = {"build-index", "--delete", "-"};
    if (null) command.emplace_back("-0");
    return collection.run(command, input);
  };
  const auto left = [&] {
    return test::lines_of(
               collection.run({"query", "--vectors", "fvecs.bin", "-k", "3"})
                   .out)
        .size();
  };
  const RunResult both = deleted(backslash + "\nc.jpg\n");
  CHECK(both.status == 1);
  CHECK(contains(both.err,
                 "a\\tb.jpg: is the name of one image in " +
                     std::string(kIndex) +
                     ", and another's as query prints it: name the first "
                     "a\\\\tb.jpg"));
  CHECK(contains(both.err, "1 of 3 rows is deleted"));
  CHECK(left() == 6);
  const auto only = [&](const std::string& gone, const std::string& kept) {
    CHECK(collection.run({"query", "--like", kept}).status == 0);
    CHECK(collection.run({"query", "--like", gone}).status == 1);
  };
  CHECK(deleted(tab + "\n").status == 0);
  only(tab, "a\\\\tb.jpg");
  CHECK(deleted("a\\\\tb.jpg\n").status == 0);
  only("a\\\\tb.jpg", tab);
  CHECK(deleted(backslash + std::string(1, '\0'), true).status == 0);
  only("a\\\\tb.jpg", tab);
  // So with query, which may ask for the wrong one.
  collection.write(kIndex, index);
  const RunResult like = collection.run({"query", "--like", backslash});
  CHECK(like.status == 1);
  CHECK(like.out.empty());
  CHECK(contains(like.err, "is the name of one image in"));
}

TEST_SUITE_END();
