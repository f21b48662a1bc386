// What update does about folders and files that it cannot read or reach.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::collection;
using test::dry_run;
using test::RunOptions;
using test::RunResult;
using test::TempDir;
using test::update;
using test::write_image;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// Runs update as a user whom modes of files bind.
RunResult update_as_user(const TempDir& dir, Lines options = {}) {
  options.insert(options.begin(), "update");
  RunOptions run = test::demo_in(dir);
  run.unprivileged = true;
  return test::run(options, run);
}

/// Takes the permissions of a folder away for a while.
class Locked {
 public:
  explicit Locked(std::string path, fs::perms left = fs::perms::none)
      : path_(std::move(path)) {
    fs::permissions(path_, left);
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() { fs::permissions(path_, fs::perms::all); }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("images below a folder that cannot be read are kept") {
  for (const char* input : {"p", "p/**/*.ppm", "p/**"}) {
    CAPTURE(input);
    const TempDir dir;
    write_image(dir, "p/0.ppm", 0);
    write_image(dir, "p/sub/a.ppm", 1);
    write_image(dir, "p/sub/deep/b.ppm", 2);
    write_image(dir, "p/sub/deep/c.ppm", 3);
    REQUIRE(update_as_user(dir, {input}).status == 0);
    const std::string ledger = read_file(dir / "fvecs.bin.ledger.tsv");
    {
      const Locked locked(dir / "p/sub");
      const std::string kept =
          "update: p/sub: Permission denied: its images stay as they were\n";
      const RunResult dry = update_as_user(dir, {"--dry-run"});
      CHECK(dry.status == 0);
      CHECK(dry.out.empty());
      CHECK(dry.err == kept);
      const RunResult done = update_as_user(dir, {"-q"});
      CHECK(done.status == 0);
      CHECK(done.err == kept);
      CHECK(contains(update_as_user(dir).err,
                     "0 new, 0 changed, 0 gone, 0 mo"
                     "ved: 4 images, 0 bad"));
      CHECK(read_file(dir / "fvecs.bin.ledger.tsv") == ledger);
      // What is readable goes on.
      write_image(dir, "p/1.ppm", 4);
      CHECK(contains(update_as_user(dir).err, "1 new, 0 changed, 0 gone"));
    }
    fs::remove(dir / "p/sub/deep/b.ppm");
    const RunResult after = update_as_user(dir);
    CHECK(contains(after.err, "0 new, 0 changed, 1 gone, 0 moved: 4 images"));
    test::check_as_from_nothing(dir);
  }
}

TEST_CASE("a folder that cannot be read and has no known images is told once") {
  const auto dir = collection();
  fs::create_directory(*dir / "p/lost");
  const Locked locked(*dir / "p/lost");
  CHECK(update_as_user(*dir, {"--dry-run"}).out.empty());
  CHECK(contains(update_as_user(*dir, {"-q"}).err,
                 "p/lost: a directory that cannot be read: Permission denied"));
  CHECK(update_as_user(*dir, {"-q"}).err.empty());
}

TEST_CASE("what cannot be opened is told once, and again when it can be") {
  const auto dir = collection();
  fs::create_symlink("nowhere.ppm", *dir / "p/link.ppm");
  CHECK(dry_run(*dir) == Lines{"new\tp/link.ppm"});
  CHECK(contains(update(*dir).err, "p/link.ppm: No such file"));
  CHECK(dry_run(*dir).empty());
  const RunResult again = update(*dir);
  CHECK_FALSE(contains(again.err, "extract:"));
  CHECK(contains(again.err, "0 new, 0 changed, 0 gone, 0 moved: 6 images, 1"));
  CHECK(update(*dir, {"-q"}).err.empty());
  CHECK(contains(update(*dir, {"--retry"}).err, "p/link.ppm: No such file"));
  write_image(*dir, "p/nowhere.ppm", 30);
  update(*dir);
  test::check_as_from_nothing(*dir);
}

TEST_CASE("images in a folder that may be listed and not entered are kept") {
  const TempDir dir;
  write_image(dir, "p/0.ppm", 0);
  write_image(dir, "p/sub/a.ppm", 1);
  write_image(dir, "p/sub/b.ppm", 2);
  REQUIRE(update_as_user(dir, {"p", "p/sub/b.ppm"}).status == 0);
  const std::string ledger = read_file(dir / "fvecs.bin.ledger.tsv");
  {
    const Locked locked(dir / "p/sub", fs::perms::owner_read |
                                           fs::perms::group_read |
                                           fs::perms::others_read);
    const RunResult named = update_as_user(dir);
    CHECK(named.status == 1);
    CHECK(contains(named.err, "p/sub/b.ppm: Permission denied"));
    const RunResult done = update_as_user(dir, {"p"});
    CHECK(done.status == 0);
    CHECK(contains(done.err,
                   "p/sub/a.ppm and 1 more: Permission denied: they stay as "
                   "they were"));
    CHECK(contains(done.err, "0 new, 0 changed, 0 gone, 0 moved: 3 images"));
    CHECK(read_file(dir / "fvecs.bin.ledger.tsv") == ledger);
  }
  test::check_as_from_nothing(dir);
}
