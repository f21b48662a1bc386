// Images that come back after an update has marked their rows as gone: these
// rows are found again, and none is added.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::collection;
using test::dry_run;
using test::run_in;
using test::RunResult;
using test::update;
using test::write_image;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

TEST_CASE("images that come back have their rows again, each time") {
  const auto dir = collection();
  write_image(*dir, "p/usb/a.ppm", 30);
  write_image(*dir, "p/usb/b.ppm", 31);
  update(*dir);
  const std::string vectors = read_file(*dir / "fvecs.bin");
  for (int i = 0; i < 2; ++i) {
    fs::rename(*dir / "p/usb", *dir / "away");
    update(*dir);
    test::check_as_from_nothing(*dir);
    fs::rename(*dir / "away", *dir / "p/usb");
    CHECK(dry_run(*dir) == Lines{"back\tp/usb/a.ppm", "back\tp/usb/b.ppm"});
    const RunResult back = update(*dir, {"--json"});
    CHECK_FALSE(contains(back.err, "extract:"));
    CHECK(contains(back.err, "2 rows are found again"));
    CHECK(contains(back.err, "0 new, 0 changed, 0 gone, 0 moved, 2 back: 8"));
    CHECK(nlohmann::json::parse(back.out)["back"] == 2);
    CHECK(read_file(*dir / "fvecs.bin") == vectors);
    CHECK_FALSE(contains(read_file(*dir / "fvecs.bin.ledger.tsv"), "\tgone\t"));
    test::check_as_from_nothing(*dir);
  }
}

TEST_CASE("an image that comes back under another name gives that to its row") {
  const auto dir = collection();
  fs::rename(*dir / "p/4.ppm", *dir / "away");
  update(*dir);
  fs::rename(*dir / "away", *dir / "p/four.ppm");
  CHECK(dry_run(*dir) == Lines{"back\tp/four.ppm"});
  update(*dir);
  CHECK(test::rows_of(*dir / "fvecs.bin").size() == 6);
  test::check_as_from_nothing(*dir);
}

TEST_CASE("an older picture that is put back replaces the newer one's row") {
  const auto dir = collection();
  const std::string older = read_file(*dir / "p/4.ppm");
  write_image(*dir, "p/4.ppm", 40);
  update(*dir);
  const std::string newer = read_file(*dir / "p/4.ppm");
  for (const std::string& bytes : {older, newer, older}) {
    dir->write("p/4.ppm", bytes);
    // The clock of a file system is coarse, and all have one size.
    fs::last_write_time(*dir / "p/4.ppm",
                        fs::last_write_time(*dir / "p/0.ppm") +
                            std::chrono::seconds(bytes == older ? 5 : 9));
    CHECK(dry_run(*dir) == Lines{"back\tp/4.ppm"});
    CHECK_FALSE(contains(update(*dir).err, "extract:"));
    CHECK(test::rows_of(*dir / "fvecs.bin").size() == 7);
    test::check_as_from_nothing(*dir);
  }
}

TEST_CASE("a bad image that is put back as it was is not bad any more") {
  const auto dir = collection();
  const std::string whole = read_file(*dir / "p/4.ppm");
  dir->write("p/4.ppm", "nonsense");
  CHECK(contains(update(*dir).err, "5 images, 1 bad"));
  dir->write("p/4.ppm", whole);
  CHECK(contains(update(*dir).err, "1 back: 6 images, 0 bad"));
  test::check_as_from_nothing(*dir);
}

TEST_CASE("rows that come back are found beside new and deleted ones") {
  const auto dir = collection();
  fs::rename(*dir / "p/4.ppm", *dir / "away");
  update(*dir);
  dir->write("list", "p/1.ppm\n");
  REQUIRE(run_in(*dir, {"build-index", "-q", "--delete", "list"}).status == 0);
  fs::rename(*dir / "away", *dir / "p/4.ppm");
  write_image(*dir, "p/new.ppm", 50);
  update(*dir);
  const RunResult four = run_in(*dir, {"query", "--like", "p/4.ppm", "-k9"});
  CHECK(contains(four.out, "p/new.ppm"));
  CHECK_FALSE(contains(four.out, "p/1.ppm"));
  CHECK(run_in(*dir, {"query", "--like", "p/1.ppm"}).status == 1);
  CHECK(run_in(*dir, {"build-index", "--verify"}).status == 0);
}
