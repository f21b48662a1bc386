// Which indexes update changes or replaces, and which it leaves alone.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::run_in;
using test::TempDir;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

constexpr const char* kIndex = "fvecs.bin.hnsw.index";

/// p with six images, by update, and q with three, by extract.
struct TwoFolders {
  TwoFolders() {
    for (int i = 0; i < 6; ++i)
      test::write_image(dir, "p/" + std::to_string(i) + ".ppm", i);
    for (int i = 0; i < 3; ++i)
      test::write_image(dir, "q/" + std::to_string(i) + ".ppm", 10 + i);
    do_well({"update", "-q", "p"});
    do_well({"extract", "-q", "q", "-o", "q.bin", "-n", "q.txt"});
  }

  void do_well(const Lines& command) const {
    const test::RunResult result = run_in(dir, command);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
  }

  /// What update says that is refused and changes nothing.
  std::string refusal(const Lines& command) const {
    const Lines files = test::files_in(dir.path());
    const std::string index = read_file(dir / kIndex);
    const std::string ledger = read_file(dir / "fvecs.bin.ledger.tsv");
    const test::RunResult result = run_in(dir, command);
    CHECK(result.status == 1);
    CHECK(read_file(dir / kIndex) == index);
    CHECK(read_file(dir / "fvecs.bin.ledger.tsv") == ledger);
    CHECK(test::files_in(dir.path()) == files);
    return result.err;
  }

  TempDir dir;
};

}  // namespace

TEST_CASE("update drops no rows of other vectors from an index") {
  const TwoFolders two;
  two.do_well({"build-index", "-q", "--append", "fvecs.bin", "q.bin", "-n",
               "fnames.txt", "-n", "q.txt"});
  const Lines forms[] = {{"update"}, {"update", "p"}, {"update", "--compact"}};
  for (const Lines& command : forms)
    CHECK(contains(two.refusal(command),
                   "fvecs.bin.hnsw.index: built from fvecs.bin, q.bin, and "
                   "update would leave rows of fvecs.bin alone in it: name "
                   "another index with -i, or remove this one"));
  two.do_well({"update", "-q", "-i", "own.index"});
  fs::remove(two.dir / kIndex);
  two.do_well({"update", "-q"});
  test::check_as_from_nothing(two.dir);
}

TEST_CASE("update does not replace the index of other vectors") {
  const TwoFolders two;
  CHECK(contains(two.refusal({"update", "q", "-o", "new.bin", "-n", "new.txt",
                              "-i", kIndex}),
                 "built from fvecs.bin, and update would leave rows of new.bin "
                 "alone in it"));
  // Vectors that have another name now are the same.
  for (const char* end : {"", ".json", ".ledger.tsv", ".update.json"})
    fs::rename(two.dir / (std::string("fvecs.bin") + end),
               two.dir / (std::string("moved.bin") + end));
  two.do_well({"update", "-q", "-o", "moved.bin", "-i", kIndex});
}

TEST_CASE("update indexes no vectors whose rows have moved under the names") {
  const TwoFolders two;
  const std::string vectors = read_file(two.dir / "fvecs.bin");
  const std::size_t row = vectors.size() / 6;
  two.dir.write("fvecs.bin", vectors.substr(row) + vectors.substr(0, row));
  for (const Lines& command : {Lines{"update"}, Lines{"update", "--compact"}}) {
    const std::string refusal = two.refusal(command);
    CHECK(contains(
        refusal,
        "fvecs.bin: changed since fvecs.bin.hnsw.index was built, and not by "
        "update: 6 of its 6 rows have other vectors there under their names: "
        "if fnames.txt has the names of these rows, "));
    CHECK(contains(refusal, "build-index makes the index anew"));
  }
  two.dir.write("fvecs.bin", vectors);
  two.do_well({"update", "-q"});
  test::check_as_from_nothing(two.dir);
}

TEST_CASE("update goes on with vectors that extract made anew") {
  const TwoFolders two;
  fs::rename(two.dir / "p/0.ppm", two.dir / "p/9.ppm");
  two.do_well({"extract", "-q", "--force", "p"});
  two.do_well({"update", "-q"});
  test::check_as_from_nothing(two.dir);
  two.do_well({"extract", "-q", "--force", "--precision", "int8", "p"});
  two.do_well({"update", "-q"});
  CHECK(run_in(two.dir, {"build-index", "--verify"}).status == 0);
}

TEST_SUITE_END();
