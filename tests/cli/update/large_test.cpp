// update of a collection whose index is large enough for changes beside it
// (index/index_changes.h), killed while it makes these.
#include "cli/extract/files.h"
#include "cli/made_up.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "io/fnames.h"
#include "io/ledger.h"
#include "io/sidecar.h"
#include "support/contains.h"
#include "support/traced_run.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::run_in;
using test::TempDir;
using test::write_image;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMadeUp = 2400;

/// p/0.ppm to p/3.ppm, extracted and indexed by update, with files in q that
/// are no images, but have rows as if they were.
std::unique_ptr<TempDir> large_collection() {
  auto dir = std::make_unique<TempDir>();
  for (int i = 0; i < 4; ++i)
    write_image(*dir, "p/" + std::to_string(i) + ".ppm", i);
  REQUIRE(run_in(*dir, {"update", "-q", "p"}).status == 0);
  const std::string vectors = *dir / "fvecs.bin";
  Ledger ledger = read_ledger(vectors, 4);
  std::string names = read_file(*dir / "fnames.txt");
  for (std::size_t i = 0; i < kMadeUp; ++i) {
    const std::string name = "q/" + std::to_string(i) + ".jpg";
    dir->write(name, "x");
    names += name + "\n";
    FileFacts facts = facts_of_status(*dir / name);
    facts.content = {0, i};
    ledger.rows.push_back({facts, false});
  }
  dir->write("fnames.txt", names);
  dir->write("fvecs.bin",
             read_file(vectors) + test::clustered_vectors(kMadeUp, 1280, 3));
  write_ledger(vectors, ledger, split_names(names, Separator::kNewline));
  Sidecar sidecar = *read_sidecar(vectors);
  sidecar.rows = 4 + kMadeUp;
  sidecar.list.reset();
  dir->write("fvecs.bin.json", to_json(sidecar));
  const Lines build = {"build-index", "-q", "--ef-construction", "16"};
  REQUIRE(run_in(*dir, build).status == 0);
  REQUIRE(run_in(*dir, {"update", "--dry-run", "p", "q"}).out.empty());
  REQUIRE(run_in(*dir, {"update", "-q", "p", "q"}).status == 0);
  return dir;
}

/// Its images are the same files; what update changes are copies of the same
/// times.
std::unique_ptr<TempDir> copy_of(const TempDir& start) {
  auto dir = std::make_unique<TempDir>();
  for (const char* folder : {"p", "q"})
    fs::copy(start / folder, *dir / folder,
             fs::copy_options::recursive | fs::copy_options::create_hard_links);
  for (const auto& entry : fs::directory_iterator(start.path())) {
    if (!entry.is_regular_file()) continue;
    const fs::path to = *dir / entry.path().filename().string();
    fs::copy(entry.path(), to);
    fs::last_write_time(to, fs::last_write_time(entry.path()));
  }
  return dir;
}

}  // namespace

TEST_CASE(
    "update killed before each change of a large index or beside it is "
    "completed" *
    doctest::skip(!test::can_trace())) {
  const auto start = large_collection();
  const std::string changes = "fvecs.bin.hnsw.index.changes";
  write_image(*start, "p/new.ppm", 20);
  REQUIRE(run_in(*start, {"update", "-q"}).status == 0);
  REQUIRE(file_exists(*start / changes));
  write_image(*start, "p/newer.ppm", 21);
  fs::remove(*start / "p/1.ppm");
  write_image(*start, "p/1.ppm", 22);
  fs::remove(*start / "p/2.ppm");
  fs::remove(*start / "q/77.jpg");
  fs::rename(*start / "p/3.ppm", *start / "p/three.ppm");
  const Lines command = {"update", "-q", "-j", "1"};
  const Lines ask = {"query", "--like", "p/three.ppm", "-k", "20", "--exact"};
  const Lines ask_old = {"query", "--like", "p/new.ppm", "-k", "20", "--exact"};
  const auto whole = copy_of(*start);
  const test::TracedRun done =
      test::run_traced(command, test::demo_in(*whole), test::kNever);
  REQUIRE(done.status == 0);
  REQUIRE(file_exists(*whole / changes));
  const std::string before = run_in(*start, ask_old).out;
  const std::string after = run_in(*whole, ask_old).out;
  REQUIRE(before != after);
  int kills = 0;
  for (std::size_t at = 0; at < done.changes.size(); ++at) {
    if (!contains(done.changes[at], "hnsw.index")) continue;
    CAPTURE(done.changes[at]);
    ++kills;
    const auto dir = copy_of(*start);
    REQUIRE(test::run_traced(command, test::demo_in(*dir), at).killed);
    const std::string between = run_in(*dir, ask_old).out;
    CHECK((between == before || between == after));
    const test::RunResult again = run_in(*dir, {"update", "-q"});
    CAPTURE(again.err);
    CHECK(again.status == 0);
    CHECK(test::rows_by_name(*dir) == test::rows_by_name(*whole));
    CHECK(file_exists(*dir / changes));
    CHECK(run_in(*dir, ask).out == run_in(*whole, ask).out);
    CHECK(run_in(*dir, ask_old).out == after);
    CHECK(run_in(*dir, {"build-index", "--verify"}).status == 0);
    CHECK(run_in(*dir, {"update", "--dry-run"}).out.empty());
  }
  CHECK(kills >= 4);
}

TEST_CASE("rows of a large index with changes beside it come back") {
  const auto dir = large_collection();
  const Lines ask = {"query", "--like", "p/1.ppm", "-k", "2000", "--exact"};
  const std::string before = run_in(*dir, ask).out;
  fs::rename(*dir / "p/2.ppm", *dir / "away");
  REQUIRE(run_in(*dir, {"update", "-q"}).status == 0);
  REQUIRE(file_exists(*dir / "fvecs.bin.hnsw.index.changes"));
  const std::string without = run_in(*dir, ask).out;
  CHECK(contains(before, "p/2.ppm"));
  CHECK_FALSE(contains(without, "p/2.ppm"));
  fs::rename(*dir / "away", *dir / "p/2.ppm");
  const test::RunResult back = run_in(*dir, {"update"});
  CAPTURE(back.err);
  CHECK(back.status == 0);
  CHECK(contains(back.err, "1 row is found again"));
  CHECK(run_in(*dir, ask).out == before);
  CHECK(run_in(*dir, {"build-index", "--verify"}).status == 0);
}
