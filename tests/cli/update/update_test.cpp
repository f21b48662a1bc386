// update on real files: what has changed is found, and what is there afterwards
// is what extract and build-index make of the same images from nothing.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "io/ledger.h"
#include "support/contains.h"
#include "support/traced_run.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <filesystem>
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

TEST_CASE("the first update extracts and builds, the next finds nothing") {
  const auto dir = collection();
  test::check_as_from_nothing(*dir);
  CHECK(dry_run(*dir).empty());
  const std::string index = read_file(*dir / "fvecs.bin.hnsw.index");
  update(*dir);
  CHECK(read_file(*dir / "fvecs.bin.hnsw.index") == index);
  test::check_as_from_nothing(*dir);
}

TEST_CASE("new, changed, gone and moved images are told and followed") {
  const auto dir = collection();
  write_image(*dir, "p/new.ppm", 20);
  write_image(*dir, "p/1.ppm", 21);
  fs::remove(*dir / "p/2.ppm");
  fs::rename(*dir / "p/3.ppm", *dir / "p/three.ppm");
  CHECK(dry_run(*dir) == Lines{"new\tp/new.ppm", "changed\tp/1.ppm",
                               "gone\tp/2.ppm", "moved\tp/three.ppm\tp/3.ppm"});
  const RunResult result = update(*dir, {"--json"});
  const auto summary = nlohmann::json::parse(result.out);
  CHECK(summary["images"] == 6);
  CHECK(summary["new"] == 1);
  CHECK(summary["changed"] == 1);
  CHECK(summary["gone"] == 1);
  CHECK(summary["moved"] == 1);
  CHECK(summary["bad"] == 0);
  CHECK(summary["rows"] == 8);
  CHECK(summary["seconds"] > 0);
  // Two images were extracted, and no others.
  CHECK(contains(result.err, "extract: 2 images, 0 bad"));
  test::check_as_from_nothing(*dir);
  CHECK(dry_run(*dir).empty());
}

TEST_CASE(
    "two files that are swapped swap their names, and are not extracted") {
  const auto dir = collection();
  fs::rename(*dir / "p/0.ppm", *dir / "p/x");
  fs::rename(*dir / "p/1.ppm", *dir / "p/0.ppm");
  fs::rename(*dir / "p/x", *dir / "p/1.ppm");
  // The clock of a file system is coarse: the two may have one time, and all
  // these have one size.
  const fs::file_time_type later =
      fs::last_write_time(*dir / "p/0.ppm") + std::chrono::seconds(2);
  fs::last_write_time(*dir / "p/0.ppm", later);
  fs::last_write_time(*dir / "p/1.ppm", later);
  const RunResult result = update(*dir);
  CHECK_FALSE(contains(result.err, "extract:"));
  CHECK(contains(result.err, "0 gone, 2 moved"));
  test::check_as_from_nothing(*dir);
}

TEST_CASE("a file that was only touched is read, and not extracted") {
  const auto dir = collection();
  fs::last_write_time(*dir / "p/0.ppm",
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK(dry_run(*dir).empty());
  CHECK_FALSE(contains(update(*dir).err, "extract:"));
  test::check_as_from_nothing(*dir);
}

TEST_CASE("--checksum finds other content of the same size and time") {
  const auto dir = collection();
  const fs::file_time_type time = fs::last_write_time(*dir / "p/0.ppm");
  write_image(*dir, "p/0.ppm", 30);
  fs::last_write_time(*dir / "p/0.ppm", time);
  CHECK(dry_run(*dir).empty());
  CHECK(dry_run(*dir, {"--checksum"}) == Lines{"changed\tp/0.ppm"});
  update(*dir, {"--checksum"});
  test::check_as_from_nothing(*dir);
}

TEST_CASE("a bad image is tried again when it changes, or with --retry") {
  const auto dir = collection();
  dir->write("p/bad.ppm", "nonsense");
  CHECK(contains(update(*dir).err, "p/bad.ppm: not an image"));
  CHECK(dry_run(*dir).empty());
  CHECK_FALSE(contains(update(*dir).err, "bad.ppm"));
  CHECK(dry_run(*dir, {"--retry"}) == Lines{"new\tp/bad.ppm"});
  CHECK(contains(update(*dir, {"--retry"}).err, "p/bad.ppm: not an image"));
  write_image(*dir, "p/bad.ppm", 40);
  CHECK(dry_run(*dir) == Lines{"new\tp/bad.ppm"});
  CHECK(contains(update(*dir).err, "7 images, 0 bad"));
  test::check_as_from_nothing(*dir);
}

TEST_CASE("an image that comes back is found again") {
  const auto dir = collection();
  const std::string bytes = read_file(*dir / "p/4.ppm");
  fs::remove(*dir / "p/4.ppm");
  update(*dir);
  test::check_as_from_nothing(*dir);
  dir->write("p/4.ppm", bytes);
  update(*dir);
  test::check_as_from_nothing(*dir);
  // Also where the index is built anew over one in which it was deleted.
  REQUIRE(run_in(*dir, {"build-index", "-q"}).status == 0);
  test::check_as_from_nothing(*dir);
}

TEST_CASE("build-index leaves out what is gone") {
  const auto dir = collection();
  fs::remove(*dir / "p/4.ppm");
  update(*dir);
  fs::remove(*dir / "fvecs.bin.hnsw.index");
  const RunResult built = run_in(*dir, {"build-index"});
  CHECK(contains(built.err, "6 rows, 1 marked as deleted"));
  test::check_as_from_nothing(*dir);
}

TEST_CASE("--compact leaves no row of what is gone") {
  const auto dir = collection();
  fs::remove(*dir / "p/0.ppm");
  write_image(*dir, "p/1.ppm", 50);
  update(*dir, {"--compact"});
  CHECK(test::rows_of(*dir / "fvecs.bin").size() == 5);
  CHECK_FALSE(contains(read_file(*dir / "fvecs.bin.ledger.tsv"), "\tgone\t"));
  test::check_as_from_nothing(*dir);
  CHECK(dry_run(*dir).empty());
}

TEST_CASE("folders that are away are no reason to forget their images") {
  const auto dir = collection();
  const std::string ledger = read_file(*dir / "fvecs.bin.ledger.tsv");
  const auto refusal = [&](const Lines& command) {
    const RunResult result = run_in(*dir, command);
    CHECK(result.status == 1);
    CHECK(read_file(*dir / "fvecs.bin.ledger.tsv") == ledger);
    return result.err;
  };
  fs::rename(*dir / "p", *dir / "q");
  CHECK(contains(refusal({"update"}),
                 "p: no such folder, and fvecs.bin has "
                 "images from it: is a disk not mounted?"));
  fs::create_directory(*dir / "p");
  CHECK(contains(refusal({"update"}), "p: no images there any more"));
  // Even where that is allowed, all at once needs another word.
  CHECK(contains(refusal({"update", "--allow-empty"}),
                 "6 of 6 images are gone, more than half: --dry-run lists "
                 "them, --force goes on"));
  update(*dir, {"--allow-empty", "--force"});
  CHECK(rows_by_name(*dir).empty());
  const RunResult none = run_in(*dir, {"query", "--like", "p/0.ppm"});
  CHECK(none.status == 1);
}

TEST_CASE("a ledger with the names from before a kill is mended") {
  const auto dir = collection();
  const std::string ledger = read_file(*dir / "fvecs.bin.ledger.tsv");
  fs::rename(*dir / "p/3.ppm", *dir / "p/three.ppm");
  update(*dir);
  const std::string renamed = read_file(*dir / "fvecs.bin.ledger.tsv");
  dir->write("fvecs.bin.ledger.tsv", ledger);  // as if killed before this
  update(*dir);
  CHECK(read_file(*dir / "fvecs.bin.ledger.tsv") == renamed);
  test::check_as_from_nothing(*dir);
}

TEST_CASE("nothing is left of a first update that is refused") {
  const TempDir dir;
  fs::create_directory(dir / "p");
  CHECK(run_in(dir, {"update", "p"}).status == 1);
  CHECK(run_in(dir, {"update", "missing"}).status == 1);
  CHECK(test::files_in(dir.path()) == Lines{"p"});
  // A record that is there stays.
  write_image(dir, "p/0.ppm", 0);
  update(dir, {"p"});
  const std::string record = read_file(dir / "fvecs.bin.update.json");
  CHECK(run_in(dir, {"update", "missing"}).status == 1);
  CHECK(read_file(dir / "fvecs.bin.update.json") == record);
}

TEST_CASE("a collection that is copied or renamed is its own") {
  const auto dir = collection();
  const fs::path original = *dir / "original";
  fs::create_directory(original);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(dir->path()))
    if (entry.path() != original) files.push_back(entry.path());
  for (const fs::path& file : files)
    fs::rename(file, original / file.filename());
  const auto run = [](const fs::path& folder, Lines command) {
    test::RunOptions options;
    options.folder = folder.string();
    command.insert(command.begin(), "update");
    return test::run(command, options);
  };
  CHECK(contains(run(original, {}).err, "0 new, 0 changed, 0 gone"));
  CHECK(contains(run(original, {"p"}).err, "0 new, 0 changed, 0 gone"));

  const fs::path copy = *dir / "copy";
  fs::copy(original, copy, fs::copy_options::recursive);
  fs::remove(copy / "p" / "0.ppm");
  CHECK(contains(run(copy, {}).err, "1 gone"));
  CHECK(contains(run(original, {}).err, "0 gone"));
  fs::remove(original / "p" / "1.ppm");
  CHECK(contains(run(copy, {}).err, "0 gone"));
  CHECK(contains(run(original, {}).err, "1 gone"));
}

TEST_CASE("a record with an absolute folder is read") {
  const auto dir = collection();
  const TempDir other;
  const std::string record = read_file(*dir / "fvecs.bin.update.json");
  const std::string relative = "\"folder\": \".\"";
  const std::size_t at = record.find(relative);
  REQUIRE(at != std::string::npos);
  for (const char* end : {"fvecs.bin", "fvecs.bin.json", "fvecs.bin.ledger.tsv",
                          "fnames.txt", "fvecs.bin.hnsw.index"})
    fs::copy(*dir / end, other / end);
  other.write("fvecs.bin.update.json", record.substr(0, at) + "\"folder\": \"" +
                                           fs::canonical(dir->path()).string() +
                                           "\"" +
                                           record.substr(at + relative.size()));
  fs::remove(*dir / "p/0.ppm");
  CHECK(contains(run_in(other, {"update"}).err, "1 gone"));
}

TEST_CASE("a record that is none names a remedy, which works") {
  const auto dir = collection();
  const std::string rows = read_file(*dir / "fvecs.bin");
  for (const char* broken : {"{", "{\"folder\": 1}", "[]"}) {
    CAPTURE(broken);
    dir->write("fvecs.bin.update.json", broken);
    for (const Lines& command : {Lines{"update"}, Lines{"update", "p"}}) {
      const auto result = run_in(*dir, command);
      CHECK(result.status == 1);
      CHECK(contains(result.err,
                     ": remove it, and give the images again: it is written "));
    }
    fs::remove(*dir / "fvecs.bin.update.json");
    CHECK(contains(update(*dir, {"p"}).err, "0 new, 0 changed, 0 gone"));
    CHECK(read_file(*dir / "fvecs.bin") == rows);
  }
}

TEST_CASE("update works from any folder, with names that count from its own") {
  const auto dir = collection();
  write_image(*dir, "p/new.ppm", 20);
  const TempDir elsewhere;
  const RunResult result =
      run_in(elsewhere,
             {"update", "-o", *dir / "fvecs.bin", "-n", *dir / "fnames.txt"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  test::check_as_from_nothing(*dir);
  CHECK(contains(run_in(elsewhere, {"update", ".", "-o", *dir / "fvecs.bin",
                                    "-n", *dir / "fnames.txt"})
                     .err,
                 "run update there to give other images"));
}

TEST_CASE("what extract made is taken over, with the model that made it") {
  const TempDir dir;
  fs::create_directory(dir / "p");
  for (int i = 0; i < 3; ++i)
    write_image(dir, "p/" + std::to_string(i) + ".ppm", i);
  REQUIRE(run_in(dir, {"extract", "-q", "--exif", "p"}).status == 0);
  // As from a version that kept no ledger.
  fs::remove(dir / "fvecs.bin.ledger.tsv");
  CHECK(contains(run_in(dir, {"update"}).err, "no images: no earlier update"));
  write_image(dir, "p/new.ppm", 9);
  const RunResult result = update(dir, {"p"});
  CHECK(contains(result.err, "1 new, 0 changed, 0 gone, 0 moved: 4 images"));
  CHECK(contains(read_file(dir / "fvecs.bin.json"), "\"exif\": true"));
  CHECK(read_ledger(dir / "fvecs.bin", 4).rows[0].facts.known);
  CHECK(dry_run(dir).empty());
}

TEST_CASE("what extract made in int8 goes on in int8") {
  const TempDir dir;
  fs::create_directory(dir / "p");
  write_image(dir, "p/0.ppm", 0);
  REQUIRE(run_in(dir, {"extract", "-q", "--precision", "int8", "p"}).status ==
          0);
  write_image(dir, "p/1.ppm", 1);
  const RunResult result = update(dir, {"p"});
  CHECK(contains(result.err, "1 new, 0 changed, 0 gone, 0 moved: 2 images"));
  CHECK(contains(read_file(dir / "fvecs.bin.json"), "\"precision\": \"int8\""));
  CHECK(dry_run(dir).empty());
}

TEST_CASE("names with any byte are kept apart by NUL") {
  const TempDir dir;
  fs::create_directory(dir / "p");
  write_image(dir, "p/a\nb\t\\n\x80.ppm", 1);
  write_image(dir, "p/c.ppm", 2);
  REQUIRE(run_in(dir, {"update", "-0", "p"}).status == 0);
  CHECK(dry_run(dir, {"-0"}).empty());
  fs::rename(dir / "p/a\nb\t\\n\x80.ppm", dir / "p/\x81");
  fs::rename(dir / "p/\x81", dir / "p/d\n.ppm");
  CHECK(dry_run(dir, {"-0"}) ==
        Lines{"moved\tp/d\\n.ppm\tp/a\\nb\\t\\\\n\x80.ppm"});
  update(dir, {"-0"});
  CHECK(read_names(dir / "fnames.txt", Separator::kNul)[0] == "p/d\n.ppm");
}

TEST_CASE("update killed before each change that it makes is completed") {
  if (!test::can_trace()) return;
  const auto start = collection();
  write_image(*start, "p/new.ppm", 20);
  write_image(*start, "p/1.ppm", 21);
  fs::remove(*start / "p/2.ppm");
  fs::rename(*start / "p/3.ppm", *start / "p/three.ppm");
  const auto copy = [&] {
    auto dir = std::make_unique<TempDir>();
    fs::copy(start->path(), dir->path(), fs::copy_options::recursive);
    // Copies are of now: as if all had been touched.
    for (const auto& file : fs::directory_iterator(*start / "p"))
      fs::last_write_time(fs::path(*dir / "p") / file.path().filename(),
                          fs::last_write_time(file.path()));
    return dir;
  };
  const Lines command = {"update", "-q", "--compact", "-j", "1"};
  const auto whole = copy();
  const test::TracedRun done =
      test::run_traced(command, test::demo_in(*whole), test::kNever);
  REQUIRE(done.status == 0);
  REQUIRE(done.changes.size() > 10);
  for (std::size_t at = 0; at < done.changes.size(); ++at) {
    CAPTURE(done.changes[at]);
    const auto dir = copy();
    REQUIRE(test::run_traced(command, test::demo_in(*dir), at).killed);
    update(*dir);
    CHECK(rows_by_name(*dir) == rows_by_name(*whole));
    CHECK(dry_run(*dir).empty());
    const Lines ask = {"query", "--like", "p/three.ppm", "-k", "100"};
    CHECK(run_in(*dir, ask).out == run_in(*whole, ask).out);
  }
}
