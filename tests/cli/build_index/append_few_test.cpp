// Few images more in a large collection: extract --append, then build-index
// --append, which writes changes beside the index and reads little of the rest.
#include "cli/extract/files.h"
#include "cli/made_up.h"

#include "io/file.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kIndex = "fvecs.bin.hnsw.index";
constexpr std::size_t kRowBytes = 1280 * sizeof(float);
/// Enough that the index is one that changes go beside, and that its codes are
/// not made again.
constexpr std::size_t kRows = 2600;

/// As extract would make it of as many images, but by the test: 0.jpg, 1.jpg,
/// and so on, with an index; and images/0.ppm to 5.ppm, which are not in it.
struct Large {
  Large() {
    for (int i = 0; i < 6; ++i)
      dir.write("images/" + std::to_string(i) + ".ppm", pattern_ppm(i));
    REQUIRE(extract_in(dir, {"-q", "images"}).status == 0);
    Sidecar sidecar = *read_sidecar(dir / "fvecs.bin");
    sidecar.rows = kRows;
    sidecar.list.reset();
    dir.write("fvecs.bin.json", to_json(sidecar));
    dir.write("fvecs.bin",
              mixed_vectors(read_file(dir / "fvecs.bin"), 1280, kRows, 3));
    dir.write("fnames.txt", numbered_names(kRows));
    fs::remove(dir / "fvecs.bin.ledger.tsv");
    REQUIRE(tool({"build-index", "-q", "-M", "8", "--ef-construction", "16"})
                .status == 0);
  }

  RunResult tool(const std::vector<std::string>& command) const {
    return run(command, demo_in(dir));
  }

  void append(const std::string& image) const {
    REQUIRE(extract_in(dir, {"-q", "--append", image}).status == 0);
    const RunResult result = tool({"build-index", "-q", "--append"});
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    REQUIRE(file_exists(dir / kIndex + ".changes"));
  }

  /// Another row 20, which is not one of those that tell other files; at the
  /// same time as far as the file system knows.
  void damage_unnoticed() const {
    const std::string path = dir / "fvecs.bin";
    const auto time = fs::last_write_time(path);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20 * kRowBytes);
    file << clustered_vectors(1, 1280, 9);
    file.close();
    fs::last_write_time(path, time);
  }

  RunResult exact(const std::string& image) const {
    return tool({"query", "--exact", "--self", "-k", "1", "--like", image});
  }

  TempDir dir;
};

}  // namespace

TEST_CASE("a small append leaves exact search nothing to compare") {
  const Large large;
  large.append("images/1.ppm");
  large.append("images/2.ppm");
  REQUIRE(
      extract_in(large.dir, {"-q", "--append", "images/3.ppm", "images/4.ppm"})
          .status == 0);
  large.append("images/5.ppm");
  CHECK(large.tool({"build-index", "--verify"}).status == 0);
  // Any row would be noticed if it was compared.
  large.damage_unnoticed();
  for (const char* image : {"images/1.ppm", "images/5.ppm", "77.jpg"}) {
    const RunResult found = large.exact(image);
    CHECK(found.err == "");
    CHECK(contains(found.out, std::string("\t1.000000\t") + image + "\n"));
  }
  CHECK(large.tool({"build-index", "--verify"}).status == 1);
}

TEST_CASE("rows that something else may have changed are compared") {
  const Large large;
  large.append("images/1.ppm");
  // Not by extract, as far as it can tell.
  const std::string vectors = large.dir / "fvecs.bin";
  fs::last_write_time(vectors,
                      fs::last_write_time(vectors) + std::chrono::seconds(1));
  large.append("images/2.ppm");
  CHECK(large.exact("images/1.ppm").status == 0);
  large.damage_unnoticed();
  const RunResult found = large.exact("images/1.ppm");
  CHECK(found.status == 1);
  CHECK(contains(found.err, "fvecs.bin: row 20 (20.jpg): changed since"));
}

TEST_CASE("changes of another index are told by whoever opens this one") {
  const Large large;
  large.append("images/1.ppm");
  const std::string changes = large.dir / kIndex + ".changes";
  const std::string told = kIndex + std::string(".changes: not the changes of");
  CHECK(!contains(large.exact("images/1.ppm").err, told));
  large.dir.write("names", "7.jpg\n");
  REQUIRE(large.tool({"build-index", "-q", "--delete", "names"}).status == 0);
  const std::string kept = read_file(changes);
  const std::vector<std::string> anew = {"build-index",       "-q", "-M", "9",
                                         "--ef-construction", "16"};
  REQUIRE(large.tool(anew).status == 0);
  REQUIRE(!file_exists(changes));
  // As a killed process leaves them: the index has all that they say.
  large.dir.write(kIndex + std::string(".changes"), kept);
  CHECK(large.tool({"query", "--id", "1"}).err == "");
  CHECK(large.tool({"build-index", "--verify"}).status == 0);
  std::vector<std::string> restored = anew;
  restored.emplace_back("--restore-deleted");
  REQUIRE(large.tool(restored).status == 0);
  large.dir.write(kIndex + std::string(".changes"), kept);
  const std::vector<std::vector<std::string>> commands = {
      {"query", "--id", "1"},
      {"duplicates"},
      {"eval-recall", "--samples", "2"},
      {"bench", "--samples", "2"}};
  for (const std::vector<std::string>& command : commands) {
    CAPTURE(command[0]);
    const RunResult result = large.tool(command);
    CHECK(result.status == 0);
    CHECK(contains(result.err, told));
    CHECK(contains(result.err, "or remove it"));
  }
  const RunResult verified = large.tool({"build-index", "--verify"});
  CHECK(verified.status == 1);
  CHECK(contains(verified.err, told));
  // A change replaces them.
  const RunResult change = large.tool({"build-index", "--append"});
  CHECK(contains(change.err, told));
  REQUIRE(extract_in(large.dir, {"-q", "--append", "images/2.ppm"}).status ==
          0);
  CHECK(contains(large.tool({"build-index", "--append"}).err, told));
  CHECK(large.tool({"build-index", "--verify"}).status == 0);
  // Those of no index at all go with the next.
  fs::remove(large.dir / kIndex);
  REQUIRE(file_exists(changes));
  const RunResult built =
      large.tool({"build-index", "-q", "-M", "8", "--ef-construction", "16"});
  CHECK(contains(built.err, ".changes: changes of an index that is not there"));
  CHECK(!file_exists(changes));
}

TEST_CASE("changes that are cut short name what goes on without them") {
  const Large large;
  large.append("images/1.ppm");
  const std::string changes = large.dir / kIndex + ".changes";
  const std::string whole = read_file(changes);
  for (const std::size_t size : {whole.size() / 2, std::size_t{0}}) {
    large.dir.write(kIndex + std::string(".changes"), whole.substr(0, size));
    const RunResult result = large.tool({"query", "--id", "1"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "remove it to go on with the index as it was"));
    CHECK(contains(result.err, "build-index --append adds rows again"));
  }
  // As it says.
  fs::remove(changes);
  CHECK(large.tool({"build-index", "-q", "--append"}).status == 0);
  CHECK(large.exact("images/1.ppm").status == 0);
  CHECK(large.tool({"build-index", "--verify"}).status == 0);
}
