// Options of the network that update is given when there are rows already.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::run_in;
using test::TempDir;
using test::write_image;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

constexpr const char* kRecord = "fvecs.bin.update.json";

/// What update says of these options, which it refuses and does not record.
std::string refusal(const TempDir& dir, const Lines& options) {
  const std::string record = read_file(dir / kRecord);
  Lines command = {"update"};
  command.insert(command.end(), options.begin(), options.end());
  const test::RunResult result = run_in(dir, command);
  CHECK(result.status == 1);
  CHECK(read_file(dir / kRecord) == record);
  CHECK(contains(result.err,
                 "update: fvecs.bin: options of the network that do not suit "
                 "its rows: nothing is recorded or changed"));
  return result.err;
}

/// Checks that update does well with a new image, which it extracts.
void check_adds(const TempDir& dir, int seed, const Lines& options = {}) {
  write_image(dir, "p/" + std::to_string(seed) + ".ppm", seed);
  Lines command = {"update"};
  command.insert(command.end(), options.begin(), options.end());
  const test::RunResult result = run_in(dir, command);
  CAPTURE(result.err);
  CHECK(result.status == 0);
  CHECK(contains(result.err, "1 new, 0 changed"));
}

}  // namespace

TEST_CASE("update refuses options that contradict its rows, and names both") {
  const TempDir dir;
  write_image(dir, "p/0.ppm", 0);
  REQUIRE(run_in(dir, {"update", "-q", "p"}).status == 0);
  const std::string int8 = refusal(dir, {"--precision", "int8"});
  CHECK(contains(int8, "in float32, but now by"));
  CHECK(contains(int8, "in int8: give the same --weights or --model and "));
  CHECK(contains(refusal(dir, {"--exif"}), "images turned by EXIF: give the"));
  check_adds(dir, 1);
  check_adds(dir, 2, {"--weights", "demo"});
  check_adds(dir, 3, {"--precision", "float32", "--device", "cpu"});
  CHECK(contains(read_file(dir / kRecord), "--precision=float32"));
  CHECK(contains(read_file(dir / kRecord), "--device=cpu"));
  check_adds(dir, 4);
}

TEST_CASE("update goes on as its rows were made, whatever else is given") {
  const TempDir dir;
  write_image(dir, "p/0.ppm", 0);
  const Lines first = {"update", "-q", "--precision", "int8", "--exif", "p"};
  REQUIRE(run_in(dir, first).status == 0);
  CHECK(contains(refusal(dir, {"--precision", "float32"}), "in int8, but now"));
  check_adds(dir, 1, {"--precision", "int8", "--exif"});
  check_adds(dir, 2, {"--weights", "demo"});
  check_adds(dir, 3, {"--precision", "int8"});
}

TEST_CASE("update finds the weights where they were") {
  const TempDir dir;
  std::string weights =
      read_file(test::source_path("data/mobilenet_v2_demo.safetensors"));
  // Another sum than that of weights which are found by themselves.
  char& bit = weights[weights.size() - 4];
  bit = static_cast<char>(bit ^ 1);
  write_image(dir, "p/0.ppm", 0);
  dir.write("w/mine.safetensors", weights);
  test::RunOptions mine = test::demo_in(dir);
  mine.environment.push_back("IMSEARCH_WEIGHTS=" +
                             (dir / "w/mine.safetensors"));
  const test::RunResult first = test::run({"update", "p"}, mine);
  CAPTURE(first.err);
  REQUIRE(first.status == 0);
  check_adds(dir, 1);
  fs::remove(dir / "w/mine.safetensors");
  write_image(dir, "p/2.ppm", 2);
  const test::RunResult away = run_in(dir, {"update"});
  CHECK(away.status == 1);
  CHECK(contains(away.err, "no weights file with sha256"));
}

// As an older version recorded them.
TEST_CASE("options that were recorded against the rows can be replaced") {
  const TempDir dir;
  write_image(dir, "p/0.ppm", 0);
  REQUIRE(run_in(dir, {"update", "-q", "p"}).status == 0);
  std::string record = read_file(dir / kRecord);
  const std::string none = "\"model\": []";
  REQUIRE(contains(record, none));
  record.replace(record.find(none), none.size(),
                 "\"model\": [\"--precision=int8\"]");
  dir.write(kRecord, record);
  write_image(dir, "p/1.ppm", 1);
  CHECK(run_in(dir, {"update"}).status == 1);
  CHECK(run_in(dir, {"update", "--precision", "float32"}).status == 0);
  check_adds(dir, 2);
}

TEST_SUITE_END();
