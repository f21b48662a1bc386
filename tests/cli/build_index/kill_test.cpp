// build-index, killed right before each change of a file that it makes.
#include "cli/collection.h"
#include "index/index.h"
#include "io/file.h"
#include "support/traced_run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::Collection;
using test::RunOptions;
using test::TempDir;
using test::TracedRun;
using Lines = std::vector<std::string>;

namespace {

constexpr const char* kIndex = "fvecs.bin.hnsw.index";

RunOptions in(const TempDir& dir) {
  RunOptions options;
  options.folder = dir.path();
  return options;
}

std::unique_ptr<TempDir> copy_of(const std::string& folder) {
  auto copy = std::make_unique<TempDir>();
  std::filesystem::copy(folder, copy->path());
  // An index records when the vectors were modified.
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    std::filesystem::last_write_time(
        copy->path() / entry.path().filename(),
        std::filesystem::last_write_time(entry.path()));
  return copy;
}

Lines files_in(const TempDir& dir) {
  Lines names;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

/// What an index says.
struct State {
  std::size_t rows = 0;
  Lines names;
  std::vector<std::uint32_t> deleted;
  bool operator==(const State& other) const {
    return rows == other.rows && names == other.names &&
           deleted == other.deleted;
  }
};

State state_of(const TempDir& dir) {
  const Index index(dir / kIndex);
  State state;
  state.rows = index.rows();
  for (std::uint32_t row = 0; row < index.rows(); ++row) {
    state.names.emplace_back(index.name(row));
    if (index.is_deleted(row)) state.deleted.push_back(row);
  }
  return state;
}

/// Of `collection`, which has an index, and the command that changes it.
void check_each_kill(const Collection& collection, const Lines& command) {
  const std::string old_index = collection.read(kIndex);
  const auto done = copy_of(collection.dir().path());
  const TracedRun whole = test::run_traced(command, in(*done));
  REQUIRE(whole.status == 0);
  REQUIRE(whole.changes.size() > 3);
  const std::string new_index = read_file(*done / kIndex);
  REQUIRE(new_index != old_index);
  for (std::size_t at = 0; at < whole.changes.size(); ++at) {
    CAPTURE(whole.changes[at]);
    const auto dir = copy_of(collection.dir().path());
    REQUIRE(test::run_traced(command, in(*dir), at).killed);
    const std::string index = read_file(*dir / kIndex);
    CHECK((index == old_index || index == new_index));
    CHECK(test::run({"build-index", "--verify"}, in(*dir)).status == 0);
    CHECK(test::run(command, in(*dir)).status == 0);
    CHECK(read_file(*dir / kIndex) == new_index);
    // Faults 14 and 20: nothing of the size of an index stays.
    if (index == old_index) CHECK(files_in(*dir) == files_in(*done));
  }
}

/// The same where changes go beside an index: it has the old changes or the
/// new, and what is in them is in the index where it is written anew.
void check_each_kill_beside(const TempDir& folder, const Lines& command) {
  const auto done = copy_of(folder.path());
  const TracedRun whole = test::run_traced(command, in(*done));
  REQUIRE(whole.status == 0);
  REQUIRE(whole.changes.size() > 3);
  const State before = state_of(folder);
  const State after = state_of(*done);
  REQUIRE_FALSE(before == after);
  for (std::size_t at = 0; at < whole.changes.size(); ++at) {
    CAPTURE(whole.changes[at]);
    const auto dir = copy_of(folder.path());
    REQUIRE(test::run_traced(command, in(*dir), at).killed);
    const State state = state_of(*dir);
    CHECK((state == before || state == after));
    CHECK(test::run({"build-index", "--verify"}, in(*dir)).status == 0);
    CHECK(test::run(command, in(*dir)).status == 0);
    CHECK(state_of(*dir) == after);
    // A file that was being written goes with the next that is.
    if (state == before) CHECK(files_in(*dir) == files_in(*done));
  }
}

/// Large enough for changes beside its index.
const Collection& large_collection() {
  static const Collection collection(7200);
  static const bool built = (collection.build({"-j2"}), true);
  REQUIRE(built);
  REQUIRE(std::filesystem::file_size(collection.dir() / kIndex) > (4U << 20));
  return collection;
}

void append_rows(const TempDir& dir, std::size_t rows, unsigned seed) {
  dir.write("fvecs.bin",
            read_file(dir / "fvecs.bin") +
                test::clustered_vectors(rows, Collection::kDim, seed));
  dir.write("fnames.txt",
            read_file(dir / "fnames.txt") +
                test::numbered_names(rows, "new" + std::to_string(seed)));
}

}  // namespace

TEST_CASE("beyond memory: a killed --delete beside a large index" *
          doctest::skip(!test::can_trace())) {
  const Collection& collection = large_collection();
  const auto dir = copy_of(collection.dir().path());
  dir->write("gone", "3.jpg\n5.jpg\n");
  check_each_kill_beside(*dir, {"build-index", "--delete", "gone"});
  REQUIRE(test::run({"build-index", "--delete", "gone"}, in(*dir)).status == 0);
  dir->write("gone", "4.jpg\n5.jpg\n");
  check_each_kill_beside(*dir, {"build-index", "--delete", "gone"});
}

TEST_CASE("beyond memory: a killed --append beside a large index" *
          doctest::skip(!test::can_trace())) {
  const auto dir = copy_of(large_collection().dir().path());
  append_rows(*dir, 10, 7);
  const Lines append = {"build-index", "--append", "-j1"};
  check_each_kill_beside(*dir, append);
  REQUIRE(test::run(append, in(*dir)).status == 0);
  append_rows(*dir, 2, 8);
  check_each_kill_beside(*dir, append);
}

TEST_CASE("beyond memory: killed while the changes are taken into the index" *
          doctest::skip(!test::can_trace())) {
  const auto dir = copy_of(large_collection().dir().path());
  const std::string changes = std::string(kIndex) + ".changes";
  const std::string index = read_file(*dir / kIndex);
  const Lines append = {"build-index", "--append", "-j1"};
  // As many as there is room for.
  auto last = copy_of(dir->path());
  for (unsigned seed = 7; read_file(*dir / kIndex) == index; ++seed) {
    REQUIRE(seed < 60);
    last = copy_of(dir->path());
    append_rows(*last, 36, seed);
    std::filesystem::copy(
        last->path(), dir->path(),
        std::filesystem::copy_options::recursive |
            std::filesystem::copy_options::overwrite_existing);
    REQUIRE(test::run(append, in(*dir)).status == 0);
  }
  CHECK_FALSE(std::filesystem::exists(*dir / changes));
  check_each_kill_beside(*last, append);
}

TEST_CASE(
    "faults 14 and 20: a killed build-index leaves the old index or the "
    "new, and the next run removes its temporary file" *
    doctest::skip(!test::can_trace())) {
  const Collection collection(200);
  collection.build({"--seed", "2"});
  check_each_kill(collection, {"build-index", "--threads", "1"});
}

TEST_CASE("faults 14 and 20: the same of --append" *
          doctest::skip(!test::can_trace())) {
  const Collection collection(200);
  collection.build();
  collection.write("fvecs.bin",
                   collection.read("fvecs.bin") +
                       test::clustered_vectors(20, Collection::kDim, 7));
  collection.write("fnames.txt", collection.read("fnames.txt") +
                                     test::numbered_names(20, "new"));
  check_each_kill(collection, {"build-index", "--append", "--threads", "1"});
}

TEST_CASE("faults 14 and 20: the same of --delete" *
          doctest::skip(!test::can_trace())) {
  const Collection collection(200);
  collection.build();
  collection.write("gone", "3.jpg\n5.jpg\n");
  check_each_kill(collection, {"build-index", "--delete", "gone"});
}
