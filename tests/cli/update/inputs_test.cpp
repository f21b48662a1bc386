// What update is given as images: names that a list cannot hold, folders that
// are not there or whose images are all left out.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "io/fnames.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::collection;
using test::dry_run;
using test::run_in;
using test::RunResult;
using test::TempDir;
using test::update;
using test::write_image;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// Of the files beside the images.
std::map<std::string, std::string> contents_of(const TempDir& dir) {
  std::map<std::string, std::string> contents;
  for (const auto& file : fs::directory_iterator(dir.path()))
    if (file.is_regular_file())
      contents[file.path().filename()] = read_file(file.path());
  return contents;
}

}  // namespace

TEST_CASE("a name with a newline is reported, and no two others") {
  const TempDir dir;
  write_image(dir, "p/a.ppm", 1);
  write_image(dir, "p/b\nbar.ppm", 2);
  write_image(dir, "bar.ppm", 3);  // none of the collection
  const std::string complaint =
      "p/b\\nbar.ppm: a newline in its name: use --null";
  CHECK(contains(update(dir, {"p"}).err, complaint));
  CHECK(test::lines_of(dir / "fnames.txt") == Lines{"p/a.ppm"});
  // As other bad images, it is said once, and nothing comes of it.
  for (int i = 0; i < 2; ++i) {
    const RunResult again = update(dir);
    CHECK_FALSE(contains(again.err, complaint));
    CHECK(contains(again.err,
                   "0 new, 0 changed, 0 gone, 0 moved: 1 image, "
                   "1 bad"));
    CHECK(test::rows_of(dir / "fvecs.bin").size() == 1);
  }
  CHECK(contains(update(dir, {"--retry"}).err, complaint));
  // Nor does a row get such a name when its file does.
  write_image(dir, "p/c.ppm", 4);
  update(dir);
  fs::rename(dir / "p/c.ppm", dir / "p/c\nbar.ppm");
  CHECK(contains(update(dir).err, "p/c\\nbar.ppm: a newline in its name"));
  CHECK(test::lines_of(dir / "fnames.txt") == Lines{"p/a.ppm", "p/c.ppm"});
  CHECK(dry_run(dir).empty());
  // With -0 once the list of names is one that NUL ends.
  const RunResult refused = run_in(dir, {"update", "-0"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err,
                 "1 name for the 2 rows of fvecs.bin; they end "
                 "with newlines: leave out -0, or"));
  dir.write("fnames.txt", std::string("p/a.ppm\0p/c.ppm\0", 16));
  CHECK(contains(run_in(dir, {"update"}).err, "they end with NUL: give -0"));
  update(dir, {"-0", "--retry"});
  const Names names = read_names(dir / "fnames.txt", Separator::kNul);
  REQUIRE(names.size() == 3);
  CHECK(names[1] == "p/c\nbar.ppm");  // the row that it had
  CHECK(names[2] == "p/b\nbar.ppm");
  CHECK(dry_run(dir, {"-0"}).empty());
  CHECK(run_in(dir, {"build-index", "--verify"}).status == 0);
}

TEST_CASE("a folder that is misspelt costs no images") {
  const auto dir = collection();
  fs::create_directory(*dir / "q");
  write_image(*dir, "q/0.ppm", 30);
  update(*dir, {"p", "q"});
  const auto before = contents_of(*dir);
  const Lines slips[] = {{"p", "Q"},
                         {"Q"},
                         {"p", "q", "p/x.ppm"},
                         {"p/", "Q/"},
                         {"p", "Q", "--allow-empty", "--force"},
                         {"p", "Q", "--dry-run"},
                         {"p/0.pp", "q"}};
  for (const Lines& inputs : slips) {
    Lines command = {"update"};
    command.insert(command.end(), inputs.begin(), inputs.end());
    CAPTURE(inputs.back());
    const RunResult result = run_in(*dir, command);
    CHECK(result.status == 1);
    CHECK(contains(result.err, ": No such file or directory"));
    CHECK(result.out.empty());
    CHECK(contents_of(*dir) == before);
  }
  // What was known once may be away: of a file the image is gone.
  update(*dir, {"p", "q", "q/0.ppm"});
  fs::remove_all(*dir / "q");
  CHECK(contains(run_in(*dir, {"update"}).err, "q: no such folder, and"));
  CHECK(contains(update(*dir, {"--allow-empty"}).err, "1 gone"));
  CHECK(contains(update(*dir).err,
                 "q: No such file or directory, and fvecs.bin has no images "
                 "from it"));
  CHECK(update(*dir, {"-q", "--compact"}).err.empty());
  CHECK(update(*dir, {"-q"}).err.empty());
  // And come back.
  fs::create_directory(*dir / "q");
  write_image(*dir, "q/0.ppm", 30);
  CHECK(contains(update(*dir).err, "1 new"));
}

TEST_CASE("a folder that --exclude leaves nothing of is said to be that") {
  const auto dir = collection();
  const std::string out = "p: no images: --exclude leaves out 6 images";
  const RunResult known = run_in(*dir, {"update", "--exclude", "*.ppm"});
  CHECK(known.status == 1);
  CHECK(contains(known.err, out + "; --allow-empty takes"));
  CHECK_FALSE(contains(known.err, "disk"));
  const RunResult first = run_in(*dir, {"update", "-o", "b.bin", "-n", "b.txt",
                                        "p", "--exclude", "*.ppm"});
  CHECK(first.status == 1);
  CHECK(first.err == "update: " + out + "\n");
  const RunResult pattern = run_in(
      *dir,
      {"extract", "-o", "b.bin", "-n", "b.txt", "**/*.ppm", "--exclude", "p"});
  CHECK(pattern.status == 1);
  CHECK(pattern.err ==
        "extract: **/*.ppm: no images: --exclude leaves out 1 folder\n");
  const RunResult folder =
      run_in(*dir, {"extract", "-o", "b.bin", "-n", "b.txt", ".", "--exclude",
                    "p/[1-5].ppm", "--exclude", "./p/*.ppm"});
  CHECK(folder.status == 1);
  CHECK(folder.err == "extract: .: no images: --exclude leaves out 6 images\n");
}

TEST_CASE("what update runs speaks as this user calls it, and once") {
  const TempDir dir;
  write_image(dir, "p/a.ppm", 1);
  const auto check_lines = [](const RunResult& result) {
    CAPTURE(result.err);
    std::size_t begin = 0;
    for (std::size_t end = 0; begin < result.err.size(); begin = end + 1) {
      end = result.err.find('\n', begin);
      CHECK(result.err.compare(begin, 9, "imsearch ") == 0);
    }
    CHECK(!contains(result.err, "failed with"));
    CHECK(!contains(result.err, "/extract"));
  };
  const RunResult failed =
      run_in(dir, {"imsearch", "update", "-q", "p", "--weights", "nowhere.h5"});
  CHECK(failed.status == 1);
  CHECK(contains(failed.err, "imsearch extract: nowhere.h5"));
  CHECK(std::count(failed.err.begin(), failed.err.end(), '\n') == 1);
  check_lines(failed);
  // What was refused is not recorded.
  const RunResult done = run_in(dir, {"imsearch", "update", "p"});
  CHECK(done.status == 0);
  CHECK(contains(done.err, "imsearch extract: 1 image"));
  CHECK(
      contains(done.err, "imsearch build-index: fvecs.bin.hnsw.index: 1 row"));
  check_lines(done);
  // Both numbers, in the singular and the plural.
  dir.write("fnames.txt", "p/a.ppm\np/b.ppm\n");
  CHECK(contains(run_in(dir, {"update"}).err, "2 names for the 1 row of"));
}
