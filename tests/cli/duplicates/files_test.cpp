// What deleting the extras does to files: the names printed are those of files,
// and a picture is left of each.
#include "cli/duplicates/photos.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::contains;
using test::feature_of;
using test::Photo;
using test::Photos;
using test::RunResult;
using Lines = std::vector<std::string>;

namespace fs = std::filesystem;

namespace {

constexpr double kNear = 0.2;  // a cosine of .98

/// duplicates in a folder of the collection, made if it is not there.
RunResult run_in(const Photos& photos, const std::string& folder,
                 const Lines& options) {
  fs::create_directories(photos.path(folder));
  test::RunOptions run;
  run.folder = photos.path(folder);
  Lines command = {"duplicates", "--threshold", "0.9"};
  command.insert(command.end(), options.begin(), options.end());
  return test::run(command, run);
}

RunResult duplicates(const Photos& photos, const Lines& options = {}) {
  return run_in(photos, ".", options);
}

}  // namespace

TEST_CASE("names count from the folder of the vectors") {
  Photos photos({{"p/a.jpg", feature_of(0)},
                 {"p/b.jpg", feature_of(0, kNear)},
                 {"p/c.jpg", feature_of(0, kNear)}});
  photos.build();
  fs::remove(photos.path("p/c.jpg"));
  // A file of the same name in the working folder is another one.
  photos.dir().write("else/where/p/c.jpg", "p/c.jpg");
  const Lines there = {"-i", "../../fvecs.bin.hnsw.index"};
  const RunResult lines = run_in(photos, "else/where", there);
  CHECK(lines.status == 0);
  CHECK(contains(lines.err, "1 image is not there any more"));
  CHECK(contains(lines.out, "\tp/b.jpg\n"));
  CHECK_FALSE(contains(lines.out, "p/c.jpg"));
  const RunResult extras =
      run_in(photos, "else/where", {there[0], there[1], "--extras", "-q"});
  CHECK(extras.out == "../../p/b.jpg\n");
  CHECK(extras.err.empty());
}

TEST_CASE("names count from the working folder where vectors lie elsewhere") {
  Photos photos({{"p/a.jpg", feature_of(0)}, {"p/b.jpg", feature_of(0)}});
  photos.build();
  fs::create_directory(photos.path("out"));
  for (const char* file : {"fvecs.bin", "fvecs.bin.ledger.tsv",
                           "fvecs.bin.hnsw.index", "fnames.txt"})
    fs::rename(photos.path(file), photos.path(std::string("out/") + file));
  const RunResult extras =
      duplicates(photos, {"-i", "out/fvecs.bin.hnsw.index", "--extras"});
  CHECK(extras.out == "p/b.jpg\n");
  CHECK_FALSE(contains(extras.err, "no name is that of a file"));
}

TEST_CASE("a name that begins with a dash is no option to who deletes it") {
  Photos photos({{"+.jpg", feature_of(0)}, {"-rf", feature_of(0)}});
  photos.build();
  CHECK(duplicates(photos, {"--extras", "-q"}).out == "./-rf\n");
  CHECK(photos.groups() == Lines{"1 keep +.jpg", "1 similar -rf"});
}

TEST_SUITE_END();
