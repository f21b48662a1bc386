// build-index --append and --delete.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;

namespace {

constexpr const char* kIndex = "fvecs.bin.hnsw.index";
constexpr std::size_t kDim = Collection::kDim;

/// Puts `rows` more rows and names behind those that are there.
void grow(const Collection& collection, std::size_t rows, unsigned seed = 7) {
  collection.write("fvecs.bin", collection.read("fvecs.bin") +
                                    test::clustered_vectors(rows, kDim, seed));
  collection.write("fnames.txt", collection.read("fnames.txt") +
                                     test::numbered_names(rows, "new"));
}

double recall(const Collection& collection) {
  const RunResult result = collection.run({"eval-recall", "--ef", "24"});
  REQUIRE(result.status == 0);
  return std::stod(test::fields_of(test::lines_of(result.out).at(2)).at(3));
}

}  // namespace

TEST_CASE("--append adds the rows that vectors and names have grown by") {
  const Collection collection(3000);
  collection.build();
  grow(collection, 3000);
  CHECK(contains(collection.run({"query", "--id", "1"}).err,
                 "the vectors have 3,000 rows more: build-index --append"));
  const RunResult result = collection.run({"build-index", "--append"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "3,000 rows added to 3,000"));
  CHECK(collection.run({"build-index", "--verify"}).status == 0);
  const RunResult found =
      collection.run({"query", "--like", "new2999.jpg", "--exact"});
  CHECK(found.status == 0);
  CHECK(found.err.empty());
  const double grown = recall(collection);
  collection.build();
  CHECK(grown >= recall(collection) - 0.003);
  const RunResult again = collection.run({"build-index", "--append"});
  CHECK(again.status == 0);
  CHECK(contains(again.err, "nothing to add: all 6,000 rows are there"));
}

TEST_CASE("--append takes further files, the old ones first") {
  const Collection collection(40);
  collection.build();
  collection.write("b.bin", test::clustered_vectors(20, kDim, 2));
  collection.write("b.txt", test::numbered_names(20, "b"));
  const std::vector<std::string> both = {
      "build-index", "--append", "fvecs.bin", "b.bin", "-n",
      "fnames.txt",  "-n",       "b.txt",     "--dim", std::to_string(kDim)};
  CHECK(collection.run(both).status == 0);
  CHECK(collection.run({"query", "--like", "b19.jpg"}).status == 0);
  const RunResult fewer = collection.run({"build-index", "--append"});
  CHECK(fewer.status == 1);
  CHECK(contains(fewer.err, "built from 2 files of vectors"));
  grow(collection, 1);
  const RunResult between = collection.run(both);
  CHECK(between.status == 1);
  CHECK(contains(between.err, "fvecs.bin: grew from 40 rows to 41"));
}

TEST_CASE("--append refuses what has changed, and leaves the index") {
  const Collection collection(100);
  collection.build();
  const std::string vectors = collection.read("fvecs.bin");
  const std::string names = collection.read("fnames.txt");
  const std::string index = collection.read(kIndex);
  const auto complaint = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> args = {"build-index", "--append"};
    args.insert(args.end(), more.begin(), more.end());
    const RunResult result = collection.run(args);
    CHECK(result.status == 1);
    CHECK(collection.read(kIndex) == index);
    return result.err;
  };
  collection.write("fvecs.bin", test::clustered_vectors(120, kDim, 9));
  collection.write("fnames.txt", names + test::numbered_names(20));
  CHECK(contains(complaint(), "fvecs.bin: changed since"));
  collection.write("fvecs.bin", vectors.substr(0, 10 * kDim * 4));
  collection.write("fnames.txt", test::numbered_names(10));
  CHECK(contains(complaint(), "fvecs.bin: 10 rows, but"));
  collection.write("fvecs.bin", vectors);
  collection.write("fnames.txt", test::numbered_names(100, "other"));
  CHECK(contains(complaint(), "row 0 is called other0.jpg, but 0.jpg in"));
  collection.write("fnames.txt", names);
  collection.write(kIndex, index.substr(0, index.size() - 1));
  CHECK(contains(collection.run({"build-index", "--append"}).err, "truncated"));
  std::string damaged = index;
  damaged[damaged.size() / 2] ^= 1;
  collection.write(kIndex, damaged);
  grow(collection, 5);
  CHECK(contains(collection.run({"build-index", "--append"}).err, "damaged"));
  CHECK(collection.read(kIndex) == damaged);
}

TEST_CASE("an append that fails leaves the old index") {
  const Collection collection(200);
  collection.build();
  const std::string index = collection.read(kIndex);
  grow(collection, 200);
  RunOptions small;
  small.max_file_bytes = index.size();
  const RunResult result = collection.run({"build-index", "--append"}, small);
  CHECK(result.status == 1);
  CHECK(collection.read(kIndex) == index);
  CHECK(collection.files().size() == 4);
  CHECK(collection.run({"build-index", "--append"}).status == 0);
}

TEST_CASE("--delete takes images out by their names") {
  Collection collection(60);
  collection.write("fnames.txt", "a\tb.jpg\n" + test::numbered_names(59));
  collection.build();
  CHECK(contains(collection.run({"query", "--id", "1", "-k", "59"}).out,
                 "\ta\\tb.jpg"));
  collection.write("gone", "5.jpg\na\\tb.jpg\n");
  const RunResult result = collection.run({"build-index", "--delete", "gone"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "2 of 60 rows are deleted"));
  const RunResult left = collection.run({"query", "--id", "1", "-k", "60"});
  CHECK(test::lines_of(left.out).size() == 57);  // nor itself
  CHECK_FALSE(contains(left.out, "\t5.jpg\n"));
  CHECK_FALSE(contains(left.out, "a\\tb.jpg"));
  CHECK(collection.run({"query", "--like", "5.jpg"}).status == 1);
  const RunResult deleted = collection.run({"query", "--id", "6"});
  CHECK(deleted.status == 1);
  CHECK(deleted.out.empty());
  CHECK(contains(deleted.err,
                 "6: deleted in fvecs.bin.hnsw.index: build-index "
                 "--restore-deleted indexes it again"));
  CHECK(collection.run({"query", "--id", "7"}).status == 0);
  CHECK(collection.run({"eval-recall", "--at-least", "1"}).status == 0);
  CHECK(collection.run({"bench"}).status == 0);
  CHECK(collection.run({"build-index", "--verify"}).status == 0);
}

TEST_CASE("--delete of unknown names alone tells of no deletions") {
  const Collection collection(60);
  collection.build();
  collection.write("wrong", "no such\n");
  const RunResult result = collection.run({"build-index", "--delete", "wrong"});
  CHECK(result.status == 1);
  CHECK(test::lines_of(result.err).size() == 1);
  CHECK(contains(result.err, "no such: no image of that name"));
}

TEST_CASE("an index that is built anew tells which files it has no more") {
  const Collection collection(40);
  collection.write("b.bin", test::clustered_vectors(20, kDim, 2));
  collection.write("b.txt", test::numbered_names(20, "b"));
  const std::vector<std::string> both = {
      "build-index", "fvecs.bin",  "b.bin",
      "-n",          "fnames.txt", "-n",
      "b.txt",       "--dim",      std::to_string(kDim)};
  CHECK(collection.run(both).status == 0);
  const std::string told = "its 20 rows of b.bin are dropped";
  CHECK(!contains(collection.run(both).err, told));
  grow(collection, 1);
  const RunResult one = collection.run({"build-index", "-q"});
  CHECK(one.status == 0);
  CHECK(contains(one.err, told));
  CHECK(test::lines_of(one.err).size() == 1);
  CHECK(collection.run({"build-index", "-q"}).err.empty());
}

TEST_CASE("a folder in place of vectors names the tool that makes them") {
  const Collection collection(0);
  std::filesystem::create_directory(collection.path("photos"));
  const RunResult result = collection.run({"build-index", "photos"});
  CHECK(result.status == 2);
  CHECK(contains(result.err, "photos: a folder: extract makes vectors"));
  collection.write("photo.JPG", "x");
  CHECK(contains(collection.run({"build-index", "photo.JPG"}).err,
                 "photo.JPG: an image: extract makes vectors of images"));
  CHECK(contains(collection.run({"build-index", "gone.jpg"}).err,
                 "gone.jpg: no such file"));
}

TEST_CASE("--delete tells what it does not know, and deletes the others") {
  const Collection collection(20);
  collection.build();
  RunOptions input;
  input.input = std::string("3.jpg\0no such\0", 14);
  const RunResult result =
      collection.run({"build-index", "-0", "--delete", "-", kIndex}, input);
  CHECK(result.status == 1);
  CHECK(contains(result.err, "no such: no image of that name in"));
  CHECK(contains(result.err, "1 of 20 rows is deleted"));
  // Deleted once, it is not an error again.
  collection.write("gone", "3.jpg\n4.jpg\n");
  CHECK(collection.run({"build-index", "-q", "--delete", "gone"}).status == 0);
  CHECK(contains(collection.run({"build-index", "--delete", "gone"}).err,
                 "2 of 20 rows are deleted"));
}

TEST_CASE("changes at the same time are all made") {
  const Collection collection(300);
  collection.build();
  grow(collection, 5);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    const std::string list = "gone" + std::to_string(i);
    collection.write(list, std::to_string(i) + ".jpg\n");
    threads.emplace_back([&collection, list] {
      collection.run({"build-index", "--delete", list});
    });
  }
  threads.emplace_back([&] { collection.run({"build-index", "--append"}); });
  for (std::thread& thread : threads) thread.join();
  collection.write("gone", "0.jpg\n");
  CHECK(contains(collection.run({"build-index", "--delete", "gone"}).err,
                 "8 of 305 rows are deleted"));
}

TEST_CASE("--delete of a name that is empty builds no index") {
  const Collection collection(20);
  const RunResult result = collection.run({"build-index", "--delete", ""});
  CHECK(result.status == 2);
  CHECK(contains(result.err, "--delete: no file is named"));
  CHECK(collection.files().size() == 3);
}

TEST_CASE("an index that is not there cannot be changed") {
  const Collection collection(5);
  collection.write("gone", "1.jpg\n");
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{
           {"build-index", "--append"}, {"build-index", "--delete", "gone"}}) {
    const RunResult result = collection.run(args);
    CHECK(result.status == 1);
    CHECK(contains(result.err, "fvecs.bin.hnsw.index: no such index: without"));
  }
}

TEST_CASE("an index is changed in one way at a time") {
  const Collection collection(0);
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{
           {"--append", "--delete", "x"},
           {"--append", "--verify"},
           {"--append", "-M", "8"},
           {"--delete", "x", "-o", "y"},
           {"--delete", "x", "a.index", "b.index"}}) {
    std::vector<std::string> all = {"build-index"};
    all.insert(all.end(), args.begin(), args.end());
    CHECK(collection.run(all).status == 2);
  }
}
