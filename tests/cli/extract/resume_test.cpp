// extract --resume: runs that end early, of whatever, are gone on with, and
// what comes out is what one whole run writes, to the byte.
#include "cli/extract/interrupted_run.h"

#include "io/file.h"
#include "support/contains.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include <filesystem>
#include <random>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

TEST_SUITE("cli") {
  TEST_CASE("kill -9 at any moment costs no row and changes no byte") {
    InterruptedRun run(200);
    std::mt19937 random(20260717);
    int kills = 0;
    for (int round = 0; round < 5; ++round) {
      const TempDir& dir = run.fresh_folder();
      RunOptions options = demo_in(dir);
      options.interrupt_signal = SIGKILL;
      RunResult result;
      do {
        // In rows, and sometimes in milliseconds, since the start too has
        // moments of its own.
        const std::size_t rows = part_rows(dir) + random() % 50;
        const std::size_t asked_max =
            random() % 3 == 0 ? random() % 100 : 1000000;
        std::size_t asked = 0;
        options.interrupt_when = [&] {
          return ++asked > asked_max || part_rows(dir) > rows;
        };
        const std::size_t before = part_rows(dir);
        result = extract_in(
            options,
            run.arguments({"--resume", round % 2 == 0 ? "-j1" : "-j3"}));
        if (result.status == 128 + SIGKILL) {
          ++kills;
          // The row in flight may be there without its line in the log: then
          // it is taken off, and a second kill comes before it is there again.
          // Behind the last one, all rows may have their final name.
          const std::size_t kept = file_exists(dir / "fvecs.bin")
                                       ? rows_of(dir / "fvecs.bin").size()
                                       : part_rows(dir);
          CHECK(kept + 1 >= before);
        }
      } while (result.status == 128 + SIGKILL);
      CAPTURE(result.err);
      CHECK(result.status == 0);
      run.check_whole(dir);
    }
    CHECK(kills >= 5);
  }

  TEST_CASE("a full disk leaves a part; with room again the run goes on") {
    InterruptedRun run(40);
    const TempDir& dir = run.fresh_folder();
    for (const std::size_t rows : {std::size_t{7}, std::size_t{19}}) {
      const RunResult full = run.stop_after_rows(dir, rows);
      CHECK(full.status == 1);
      CHECK(contains(full.err, "fvecs.bin: File too large"));
      CHECK(contains(full.err,
                     "of 40 images are done, in fvecs.bin.part: "
                     "--resume goes on from them"));
      CHECK(part_rows(dir) == rows);
    }
    const RunResult done = extract_in(dir, run.arguments({"--resume"}));
    CHECK(done.status == 0);
    CHECK(contains(done.err, "of 40 images were done by an earlier run"));
    run.check_whole(dir);
  }

  TEST_CASE("a part goes on from before whatever of it is damaged") {
    InterruptedRun run(40);
    const std::string rows = "fvecs.bin.part";
    const std::string log = "fvecs.bin.done.part";
    struct Damage {
      const char* what;
      std::function<void(const TempDir&)> inflict;
    };
    const std::vector<Damage> damages = {
        {"half a row", [&](auto& dir) { resize(dir / rows, -2000); }},
        {"half a line", [&](auto& dir) { resize(dir / log, -5); }},
        {"rows without a line", [&](auto& dir) { resize(dir / log, -60); }},
        {"lines without a row", [&](auto& dir) { resize(dir / rows, -30000); }},
        {"zeros behind the rows", [&](auto& dir) { resize(dir / rows, 9999); }},
        {"zeros behind the log", [&](auto& dir) { resize(dir / log, 4096); }},
        {"a page of zeros in the rows",
         [&](auto& dir) { overwrite(dir / rows, 4096, 4096); }},
        {"zeros in the log", [&](auto& dir) { overwrite(dir / log, 700, 50); }},
        {"an identity lost", [&](auto& dir) { overwrite(dir / log, 0, 100); }},
        {"an identity of endless depth (fault 16)",
         [&](auto& dir) {
           const std::string text = read_file(dir / log);
           const std::string deep =
               std::string(200'000, '[') + std::string(200'000, ']');
           dir.write(log,
                     "{\"a\":" + deep + "}" + text.substr(text.find('\n')));
         }},
        {"an empty log", [&](auto& dir) { dir.write(log, ""); }},
        {"no log", [&](auto& dir) { std::filesystem::remove(dir / log); }},
        {"no rows", [&](auto& dir) { std::filesystem::remove(dir / rows); }},
        {"names of another",
         [&](auto& dir) { dir.write("fnames.txt.part", "junk"); }}};
    for (const Damage& damage : damages) {
      CAPTURE(damage.what);
      const TempDir& dir = run.fresh_folder();
      run.stop_after_rows(dir, 23);
      damage.inflict(dir);
      CHECK(extract_in(dir, run.arguments({"--resume"})).status == 0);
      run.check_whole(dir);
    }
  }

  TEST_CASE("the rows before the damage are not done again") {
    InterruptedRun run(40);
    const TempDir& dir = run.fresh_folder();
    run.stop_after_rows(dir, 23);
    overwrite(dir / "fvecs.bin.part", 10 * 5120 + 100, 2000);
    const RunResult result =
        extract_in(dir, run.arguments({"--resume", "--json"}));
    // Every tenth image is bad: these are rows 0 to 9, and one bad image.
    CHECK(contains(result.out, "\"images\":36,\"bad\":4,\"done_before\":11,"));
    run.check_whole(dir);
  }

  TEST_CASE("a run that failed or died while its files appear is completed") {
    InterruptedRun run(40);
    const TempDir& dir = run.fresh_folder();
    dir.write("fnames.txt.bad.tsv/in the way", "");
    const RunResult failed = extract_in(dir, run.arguments({}));
    CHECK(failed.status == 1);
    CHECK(contains(failed.err, "40 of 40 images are done"));
    CHECK_FALSE(file_exists(dir / "fvecs.bin"));
    std::filesystem::remove_all(dir / "fnames.txt.bad.tsv");
    const std::string log = read_file(dir / "fvecs.bin.done.part");

    const auto complete = [&] {
      const RunResult result =
          extract_in(dir, run.arguments({"--resume", "--json"}));
      CHECK(result.status == 0);
      run.check_whole(dir);
      return result.out;
    };
    CHECK(contains(complete(), "\"done_before\":40,"));
    // As after a kill between the last rename and the removal of the log.
    dir.write("fvecs.bin.done.part", log);
    CHECK(contains(complete(), "\"done_before\":40,"));
    // The same log, but the vectors are not those that it tells of.
    dir.write("fvecs.bin.done.part", log);
    overwrite(dir / "fvecs.bin", 100000, 2000);
    CHECK(contains(complete(), "\"done_before\":0,"));
  }

  TEST_CASE("bad images of this run are told, however many there were before") {
    InterruptedRun run(0);
    const TempDir& images = run.images();
    images.write("good.ppm", pattern_ppm(1));
    std::string list;
    for (int i = 0; i < 25; ++i) list += images / "early.ppm\n";
    for (int i = 0; i < 4; ++i) list += images / "good.ppm\n";
    images.write("list", list + (images / "late.ppm\n"));
    const TempDir& dir = run.fresh_folder();
    const RunResult stopped = run.stop_after_rows(dir, 2);
    CHECK(contains(stopped.err, "further bad images are only listed"));
    const RunResult result = extract_in(dir, run.arguments({"--resume"}));
    CHECK(result.status == 0);
    CHECK_FALSE(contains(result.err, "early.ppm"));
    CHECK(contains(result.err, "late.ppm: No such file or directory\n"));
    CHECK(lines_of(dir / "fnames.txt.bad.tsv").size() == 26);
  }

  TEST_CASE("without parts --resume starts at the first image") {
    InterruptedRun run(10);
    const TempDir& dir = run.fresh_folder();
    for (int i = 0; i < 2; ++i) {
      const RunResult result = extract_in(dir, run.arguments({"--resume"}));
      CHECK(result.status == 0);
      CHECK(contains(result.err, "nothing to go on from"));
      run.check_whole(dir);
    }
  }

  TEST_CASE("without --resume a part is dropped, and that is said") {
    InterruptedRun run(20);
    const TempDir& dir = run.fresh_folder();
    run.stop_after_rows(dir, 5);
    const RunResult result = extract_in(dir, run.arguments({"-q"}));
    CHECK(result.err.find("extract: the parts of an earlier run are dropped: "
                          "--resume would have gone on from them\n") == 0);
    run.check_whole(dir);
  }

  TEST_CASE("--strict can be gone on with once the image is mended") {
    InterruptedRun run(20);
    const TempDir& dir = run.fresh_folder();
    CHECK(extract_in(dir, run.arguments({"--strict"})).status == 1);
    CHECK(part_rows(dir) == 9);
    run.stop_after_rows(dir, 12);
    const RunResult strict =
        extract_in(dir, run.arguments({"--strict", "--resume"}));
    CHECK(strict.status == 1);
    CHECK(contains(strict.err, "9.ppm: not an image"));
    CHECK(extract_in(dir, run.arguments({"--resume"})).status == 0);
    run.check_whole(dir);
  }

  TEST_CASE("a shard can be gone on with") {
    InterruptedRun run(40);
    const TempDir& whole = run.fresh_folder();
    const TempDir& dir = run.fresh_folder();
    const Lines shard = run.arguments({"--shard", "2/3"});
    REQUIRE(extract_in(whole, shard).status == 0);
    CHECK(run.stop_after_rows(dir, 6, shard).status == 1);
    CHECK(file_exists(dir / "fvecs.bin.2-of-3.part"));
    CHECK(
        extract_in(dir, run.arguments({"--shard", "2/3", "--resume"})).status ==
        0);
    CHECK(files_in(dir.path()) == files_in(whole.path()));
    for (const std::string& file : files_in(dir.path()))
      CHECK(read_file(dir / file) == read_file(whole / file));
  }

  TEST_CASE("names that hold newlines can be gone on with") {
    InterruptedRun run(0);
    const TempDir& dir = run.fresh_folder();
    const std::string image = run.images() / "a\nb.ppm";
    run.images().write("a\nb.ppm", pattern_ppm(1));
    const std::string list = image + '\0' + image + '\0' + image + '\0';
    dir.write("list", list);
    const Lines arguments = {"-0", "--files-from", "list"};
    CHECK(run.stop_after_rows(dir, 1, arguments).status == 1);
    CHECK(part_rows(dir) == 1);
    CHECK(extract_in(dir, {"-0", "--files-from", "list", "--resume"}).status ==
          0);
    CHECK(read_file(dir / "fnames.txt") == list);
    const Lines rows = rows_of(dir / "fvecs.bin");
    CHECK(rows == Lines{rows[0], rows[0], rows[0]});
  }

  TEST_CASE("no good image is a failure that leaves no parts") {
    InterruptedRun run(0);
    const TempDir& dir = run.fresh_folder();
    dir.write("bad.ppm", "x");
    CHECK(extract_in(dir, {"bad.ppm", "--resume"}).status == 1);
    CHECK_FALSE(file_exists(dir / "fvecs.bin.done.part"));
    CHECK_FALSE(file_exists(dir / "fvecs.bin.part"));
  }
}
