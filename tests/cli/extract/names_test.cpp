// Names stay with the vectors that they are of: a run of extract does not
// replace those of other vectors, and no tool takes those of other vectors.
#include "cli/extract/files.h"

#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

/// Folders p and q, of as many images. p is extracted.
struct TwoFolders : TempDir {
  TwoFolders() {
    for (int i = 0; i < 3; ++i) {
      write("p/" + std::to_string(i) + ".ppm", pattern_ppm(i));
      write("q/" + std::to_string(i) + ".ppm", pattern_ppm(i + 3));
    }
    REQUIRE(extract_in(*this, {"p"}).status == 0);
  }

  RunResult tool(const Lines& command) const {
    return run(command, demo_in(*this));
  }
};

void write_names(const TempDir& dir, const std::string& file,
                 const Lines& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  dir.write(file, text);
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("every tool refuses names that the ledger does not know") {
    const TwoFolders dir;
    REQUIRE(dir.tool({"build-index", "-q"}).status == 0);
    const std::string index = read_file(dir / "fvecs.bin.hnsw.index");
    Lines names = lines_of(dir / "fnames.txt");
    std::reverse(names.begin(), names.end());
    const std::vector<Lines> lists = {{"q/0.ppm", "q/1.ppm", "q/2.ppm"}, names};
    for (const Lines& list : lists) {
      write_names(dir, "fnames.txt", list);
      for (const Lines& command :
           {Lines{"build-index"}, Lines{"build-index", "--append"},
            Lines{"extract", "--append", "q"},
            Lines{"extract", "--join", "fvecs.bin", "-o", "j.bin", "-n", "j"},
            Lines{"push", "http://127.0.0.1:9/photos"}}) {
        const RunResult result = dir.tool(command);
        CAPTURE(command[0]);
        CHECK(result.status == 1);
        CHECK(contains(result.err, "fnames.txt: row 0 is called " + list[0] +
                                       ", but p/0.ppm in "));
        CHECK(contains(result.err,
                       "fvecs.bin.ledger.tsv: these are the names "
                       "of other vectors"));
      }
      CHECK(lines_of(dir / "fnames.txt") == list);
    }
    CHECK(read_file(dir / "fvecs.bin.hnsw.index") == index);
    CHECK_FALSE(file_exists(dir / "j.bin"));
  }

  TEST_CASE("names of other vectors are not replaced") {
    const TwoFolders dir;
    const std::string names = read_file(dir / "fnames.txt");
    const std::string rows = read_file(dir / "fvecs.bin");
    const auto refused = [&](const Lines& command, const std::string& told) {
      const RunResult result = dir.tool(command);
      CAPTURE(result.err);
      CHECK(result.status == 1);
      CHECK(contains(result.err, told));
      CHECK(read_file(dir / "fnames.txt") == names);
      CHECK(read_file(dir / "fvecs.bin") == rows);
      CHECK_FALSE(file_exists(dir / "q.bin"));
    };
    const std::string told =
        "fnames.txt: the names of fvecs.bin, which would be left without them: "
        "-n names another file";
    refused({"extract", "q", "-o", "q.bin"}, told);
    refused({"extract", "q", "-o", "q.bin", "-n", "./fnames.txt"},
            "./fnames.txt: the names of ./fvecs.bin");
    refused({"update", "q", "-o", "q.bin"}, told);
    refused({"extract", "q", "-o", "q.bin", "-n", "fvecs.bin"},
            "-n fvecs.bin: these are vectors, which names would replace");
    CHECK(dir.tool({"extract", "q"}).status == 0);
    CHECK(dir.tool({"extract", "p", "-o", "q.bin", "--force"}).status == 0);
  }

  TEST_CASE("vectors do not replace names, and share those of their images") {
    const TwoFolders dir;
    const std::string names = read_file(dir / "fnames.txt");
    const RunResult over =
        extract_in(dir, {"q", "-o", "fnames.txt", "-n", "q.txt"});
    CHECK(over.status != 0);
    CHECK(read_file(dir / "fnames.txt") == names);
    CHECK(extract_in(dir, {"p", "-o", "int8.bin", "--precision", "int8"})
              .status == 0);
    CHECK(read_file(dir / "fnames.txt") == names);
  }

  TEST_CASE("without a ledger names are taken as they are") {
    const TwoFolders dir;
    write_names(dir, "fnames.txt", {"a", "b", "c"});
    REQUIRE(std::filesystem::remove(dir / "fvecs.bin.ledger.tsv"));
    CHECK(dir.tool({"build-index", "-q"}).status == 0);
  }

  TEST_CASE("the second file of vectors is compared with its own names") {
    const TwoFolders dir;
    REQUIRE(extract_in(dir, {"q", "-o", "q.bin", "-n", "q.txt"}).status == 0);
    const Lines both = {"build-index", "-q", "fvecs.bin", "q.bin", "-n"};
    const auto with = [&](const Lines& more) {
      Lines command = both;
      command.insert(command.end(), more.begin(), more.end());
      return dir.tool(command);
    };
    CHECK(with({"fnames.txt", "-n", "q.txt"}).status == 0);
    const RunResult twice = with({"fnames.txt", "-n", "fnames.txt"});
    CHECK(twice.status == 1);
    CHECK(contains(twice.err,
                   "fnames.txt: row 0 is called p/0.ppm, but q/0.ppm in "));
  }
}
