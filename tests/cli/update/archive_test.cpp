// update and query on collections that have archives, made by Python's zipfile
// and tarfile.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "io/ledger.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::dry_run;
using test::run_in;
using test::RunResult;
using test::TempDir;
using test::write_image;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

RunResult good(const TempDir& dir, const Lines& command) {
  RunResult result = run_in(dir, command);
  CAPTURE(result.err);
  CHECK(result.status == 0);
  return result;
}

/// Python's zipfile or tarfile makes `archive` of files, "name in it=file".
void pack(const TempDir& dir, const std::string& archive,
          const Lines& members) {
  const std::string program =
      "import sys, tarfile, zipfile\n"
      "out = sys.argv[1]\n"
      "file = (zipfile.ZipFile(out, 'w') if out.endswith('.zip') else\n"
      "        tarfile.open(out, 'w:gz'))\n"
      "add = getattr(file, 'write', None) or file.add\n"
      "for member in sys.argv[2:]:\n"
      "    name, source = member.split('=')\n"
      "    add(source, name)\n"
      "file.close()\n";
  Lines command = {"/usr/bin/python3", "-c", program, archive};
  command.insert(command.end(), members.begin(), members.end());
  REQUIRE(run_in(dir, command).status == 0);
}

/// p/0.ppm to p/2.ppm, and p/a.zip with 3 to 5.
std::unique_ptr<TempDir> collection() {
  auto dir = std::make_unique<TempDir>();
  for (int i = 0; i < 6; ++i)
    write_image(*dir, (i < 3 ? "p/" : "s/") + std::to_string(i) + ".ppm", i);
  pack(*dir, "p/a.zip",
       {"x/3.ppm=s/3.ppm", "x/4.ppm=s/4.ppm", "x/5.ppm=s/5.ppm"});
  good(*dir, {"update", "-q", "p"});
  return dir;
}

/// Vectors, answers and ledger are those of extract and build-index from
/// nothing.
void check_archives_as_from_nothing(const TempDir& dir) {
  const TempDir fresh;
  test::check_as_from_nothing(dir, fresh);
  const Ledger ours = read_ledger(dir / "fvecs.bin", 1000);
  const Ledger theirs = read_ledger(fresh / "fvecs.bin", 1000);
  CHECK(ours.bad.size() == theirs.bad.size());
  REQUIRE(ours.archives.size() == theirs.archives.size());
  for (std::size_t i = 0; i < ours.archives.size(); ++i) {
    CHECK(ours.archives[i].name == theirs.archives[i].name);
    CHECK(facts_text(ours.archives[i].facts) ==
          facts_text(theirs.archives[i].facts));
  }
  CHECK(dry_run(dir).empty());
}

}  // namespace

TEST_CASE("an archive that has not changed is not opened") {
  const auto dir = collection();
  check_archives_as_from_nothing(*dir);
  // As many bytes and the same time: only who opens it sees that it is another.
  const std::string path = *dir / "p/a.zip";
  const fs::file_time_type time = fs::last_write_time(path);
  std::string bytes = read_file(path);
  std::fill(bytes.begin() + 512, bytes.end(), 'x');
  dir->write("p/a.zip", bytes);
  fs::last_write_time(path, time);
  CHECK(dry_run(*dir).empty());
  const RunResult result = good(*dir, {"update", "--json"});
  CHECK(nlohmann::json::parse(result.out)["images"] == 6);
}

TEST_CASE("a member of the same size and time is known by its content") {
  const auto dir = collection();
  for (int i = 0; i < 3; ++i) {
    write_image(*dir, "s/changed.ppm", 30 + i);
    pack(*dir, "p/a.zip",
         {"x/3.ppm=s/changed.ppm", "x/4.ppm=s/4.ppm", "x/5.ppm=s/5.ppm"});
    CHECK(dry_run(*dir) == Lines{"changed\tp/a.zip/x/3.ppm"});
    good(*dir, {"update", "-q"});
    check_archives_as_from_nothing(*dir);
  }
}

TEST_CASE(
    "members that are new, changed, gone or moved are told and followed") {
  const auto dir = collection();
  write_image(*dir, "s/new.ppm", 20);
  write_image(*dir, "s/changed.ppm", 21);
  pack(*dir, "p/a.zip",
       {"new.ppm=s/new.ppm", "x/3.ppm=s/changed.ppm", "moved.ppm=s/4.ppm"});
  CHECK(dry_run(*dir) == Lines{"new\tp/a.zip/new.ppm",
                               "changed\tp/a.zip/x/3.ppm",
                               "gone\tp/a.zip/x/5.ppm",
                               "moved\tp/a.zip/moved.ppm\tp/a.zip/x/4.ppm"});
  const RunResult result = good(*dir, {"update", "--json"});
  CHECK(contains(result.err, "extract: 2 images, 0 bad"));
  check_archives_as_from_nothing(*dir);
}

TEST_CASE(
    "a folder that is zipped, and an archive that is unpacked or renamed") {
  const auto dir = collection();
  pack(*dir, "p/b.tar.gz", {"0.ppm=p/0.ppm", "1.ppm=p/1.ppm"});
  fs::remove(*dir / "p/0.ppm");
  fs::remove(*dir / "p/1.ppm");
  CHECK(dry_run(*dir) == Lines{"moved\tp/b.tar.gz/0.ppm\tp/0.ppm",
                               "moved\tp/b.tar.gz/1.ppm\tp/1.ppm"});
  const RunResult zipped = good(*dir, {"update"});
  CHECK(!contains(zipped.err, "extract:"));
  check_archives_as_from_nothing(*dir);

  fs::rename(*dir / "p/a.zip", *dir / "p/c.zip");
  CHECK(dry_run(*dir).size() == 3);
  good(*dir, {"update"});
  check_archives_as_from_nothing(*dir);

  fs::remove(*dir / "p/c.zip");
  for (const char* name : {"3.ppm", "4.ppm", "5.ppm"})
    fs::copy(*dir / (std::string("s/") + name),
             *dir / (std::string("p/") + name));
  CHECK(dry_run(*dir).size() == 3);
  const RunResult unpacked = good(*dir, {"update"});
  CHECK(!contains(unpacked.err, "extract:"));
  check_archives_as_from_nothing(*dir);
}

TEST_CASE("archives that are gone, damaged, mended") {
  const auto dir = collection();
  for (int i = 10; i < 20; ++i)
    write_image(*dir, "p/" + std::to_string(i) + ".ppm", i);
  good(*dir, {"update"});
  const std::string whole = read_file(*dir / "p/a.zip");
  dir->write("p/a.zip", whole.substr(0, whole.size() / 2));
  const RunResult damaged = good(*dir, {"update"});
  CHECK(contains(damaged.err,
                 "p/a.zip: truncated archive: only the 1 image before that is "
                 "read"));
  // The second is cut; the third is away.
  CHECK(contains(damaged.err, "0 new, 1 changed, 1 gone, 0 moved"));
  CHECK(contains(damaged.err, ": 14 images, 1 bad, 1 damaged archive, "));
  check_archives_as_from_nothing(*dir);
  // It is not tried again before it changes.
  CHECK(!contains(good(*dir, {"update"}).err, "truncated"));
  CHECK(contains(good(*dir, {"update", "--retry"}).err, "truncated"));
  check_archives_as_from_nothing(*dir);
  dir->write("p/a.zip", whole);
  good(*dir, {"update"});
  check_archives_as_from_nothing(*dir);
  fs::remove(*dir / "p/a.zip");
  CHECK(dry_run(*dir).size() == 3);
  good(*dir, {"update", "--compact"});
  check_archives_as_from_nothing(*dir);
}

TEST_CASE("an archive that cannot be read is not an image") {
  const auto dir = collection();
  write_image(*dir, "p/6.ppm", 6);
  for (const char* content : {"PK\3\4 no zip", "PK\3\4 still no zip"}) {
    dir->write("p/b.zip", content);
    CHECK(dry_run(*dir) == (fs::exists(*dir / "p/6.ppm")
                                ? Lines{"new\tp/6.ppm"}
                                : Lines{"gone\tp/6.ppm"}));
    const RunResult result = good(*dir, {"update", "--json"});
    CHECK(contains(result.err, "p/b.zip: "));
    CHECK(contains(result.err, ", 0 bad, 1 damaged archive, "));
    const auto summary = nlohmann::json::parse(result.out);
    CHECK(summary["new"] == (fs::exists(*dir / "p/6.ppm") ? 1 : 0));
    CHECK(summary["bad"] == 0);
    CHECK(summary["damaged_archives"] == 1);
    fs::remove(*dir / "p/6.ppm");
  }
  CHECK(contains(good(*dir, {"update"}).err, "0 new, 0 changed, 0 gone"));
}

TEST_CASE("an archive that is not readable keeps its images") {
  for (const char* input : {"p", "p/a.zip"}) {
    CAPTURE(input);
    const auto dir = collection();
    good(*dir, {"update", "-q", "--force", input});
    const auto rows = rows_by_name(*dir);
    const std::string whole = read_file(*dir / "p/a.zip");
    for (const char* content : {"hello", "", "PK\3\4 and no more of a zip"}) {
      CAPTURE(content);
      dir->write("p/a.zip", content);
      for (const Lines& options :
           {Lines(), {"--checksum"}, {"--exclude", "none"}, {"--retry"}, {}}) {
        Lines command = {"update"};
        command.insert(command.end(), options.begin(), options.end());
        const RunResult result = good(*dir, command);
        CHECK(contains(result.err, "update: p/a.zip: "));
        CHECK(contains(result.err, ": its images stay as they were"));
        CHECK(contains(result.err, "0 new, 0 changed, 0 gone, 0 moved"));
        CHECK(rows_by_name(*dir) == rows);
      }
      // It is not forgotten that it was one, and what it has now is found.
      pack(*dir, "p/a.zip", {"x/3.ppm=s/3.ppm", "x/4.ppm=s/4.ppm"});
      CHECK(dry_run(*dir) == Lines{"gone\tp/a.zip/x/5.ppm"});
      dir->write("p/a.zip", whole);
      good(*dir, {"update"});
      CHECK(rows_by_name(*dir) == rows);
      CHECK(dry_run(*dir).empty());
    }
  }
}

TEST_CASE("--checksum looks into archives; other rules list them anew") {
  const auto dir = collection();
  CHECK(dry_run(*dir, {"--checksum"}).empty());
  CHECK(dry_run(*dir, {"p", "--exclude", "x"}) ==
        Lines{"gone\tp/a.zip/x/3.ppm", "gone\tp/a.zip/x/4.ppm",
              "gone\tp/a.zip/x/5.ppm"});
  good(*dir, {"update", "-q", "p", "--exclude", "[34].ppm"});
  CHECK(rows_by_name(*dir).size() == 4);
  CHECK(dry_run(*dir).empty());
}

TEST_CASE("an archive that is named and away is no reason to forget it") {
  const auto dir = collection();
  fs::rename(*dir / "p/a.zip", *dir / "s/a.zip");
  good(*dir, {"update", "-q", "s/a.zip", "p/0.ppm", "--force"});
  fs::rename(*dir / "s/a.zip", *dir / "s/a");
  const RunResult away = run_in(*dir, {"update"});
  CHECK(away.status == 1);
  CHECK(contains(away.err,
                 "s/a.zip: no such archive, and fvecs.bin has images "
                 "from it: is a disk not mounted?"));
}

TEST_CASE("query finds, draws and refuses members of archives") {
  const auto dir = collection();
  const std::string name = "p/a.zip/x/4.ppm";
  const std::string first = name + "\t1\t1.000000\t" + name + "\n";
  CHECK(good(*dir, {"query", "--self", name, "-k", "1"}).out == first);
  write_image(*dir, "same.ppm", 4);
  CHECK(good(*dir, {"query", "same.ppm", "-k", "1"}).out ==
        "same.ppm\t1\t1.000000\t" + name + "\n");
  // A sheet of members is that of the same pictures in files.
  const RunResult drawn = good(
      *dir, {"query", "--like", name, "-k", "5", "--sheet", "members.jpg"});
  CHECK(!contains(drawn.err, "not found"));
  const TempDir files;
  for (int i = 0; i < 3; ++i)
    write_image(files, "p/" + std::to_string(i) + ".ppm", i);
  for (int i = 3; i < 6; ++i)
    write_image(files, "p/a.zip/x/" + std::to_string(i) + ".ppm", i);
  for (const char* file :
       {"fvecs.bin", "fnames.txt", "fvecs.bin.json", "fvecs.bin.hnsw.index"})
    fs::copy(*dir / file, files / file);
  good(files, {"query", "--like", name, "-k", "5", "--sheet", "members.jpg"});
  CHECK(read_file(*dir / "members.jpg") == read_file(files / "members.jpg"));

  const RunResult missing = run_in(*dir, {"query", "p/a.zip/x/9.ppm"});
  CHECK(missing.status == 1);
  CHECK(contains(missing.err,
                 "p/a.zip/x/9.ppm: no such member of the archive p/a.zip"));
  const RunResult no_archive = run_in(*dir, {"query", "same.ppm/x.ppm"});
  CHECK(no_archive.status == 1);
  CHECK(contains(no_archive.err, "same.ppm/x.ppm: "));
}

TEST_CASE("duplicates and pages know members of archives") {
  const auto dir = collection();
  write_image(*dir, "p/copy.ppm", 4);
  good(*dir, {"update", "-q"});
  const std::string member = "p/a.zip/x/4.ppm";
  const RunResult found = good(*dir, {"duplicates"});
  CHECK_FALSE(contains(found.err, "not there any more"));
  CHECK(contains(found.out, member + "\n"));
  CHECK(contains(found.out, "p/copy.ppm\n"));
  // By its name a member cannot be deleted, whichever of the two is kept.
  const RunResult kept =
      good(*dir, {"duplicates", "--extras", "--keep", "shortest-name"});
  CHECK(kept.out.empty());
  CHECK(
      contains(kept.err, "1 further extra is in an archive, and not counted"));
  CHECK(contains(kept.err, "1 group, no extra that is a file"));
  CHECK_FALSE(contains(kept.err, "to keep"));
  const RunResult extras = good(*dir, {"duplicates", "--extras"});
  CHECK(extras.out == "p/copy.ppm\n");
  CHECK(contains(extras.err, "1 image to keep is in an archive\n"));

  const RunResult page =
      good(*dir, {"query", "--html", "page.html", "-k", "2", member});
  CHECK_FALSE(contains(page.err, "not found"));
  CHECK(contains(read_file(*dir / "page.html"), "data:image/jpeg"));
  // It is not its own answer; the copy is.
  const RunResult answers = good(*dir, {"query", "-k", "1", member});
  CHECK(contains(answers.out, "\tp/copy.ppm\n"));
  CHECK(contains(run_in(*dir, {"query", "p/a.zip"}).err, "an archive: name"));

  // What the ledger says of an archive that has changed is not believed.
  fs::remove(*dir / "p/a.zip");
  pack(*dir, "p/a.zip", {"x/3.ppm=s/3.ppm", "x/5.ppm=s/5.ppm"});
  const RunResult without = good(*dir, {"duplicates"});
  CHECK(without.out.empty());
  CHECK(contains(without.err, "not there any more"));
}

TEST_CASE("extras in archives are told apart from those that can be deleted") {
  const auto dir = collection();
  write_image(*dir, "p/copy.ppm", 4);
  write_image(*dir, "q/copy.ppm", 4);
  good(*dir, {"update", "-q", "p", "q"});
  const RunResult both =
      good(*dir, {"duplicates", "--extras", "--keep", "shortest-name"});
  CHECK(both.out == "q/copy.ppm\n");
  CHECK(contains(both.err, "1 further extra is in an archive"));
  CHECK(contains(both.err, "1 group, 1 extra: deleting the extras frees"));
}
