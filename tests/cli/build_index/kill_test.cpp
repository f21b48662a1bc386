// build-index, killed right before each change of a file that it makes.
#include "cli/collection.h"
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

}  // namespace

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
