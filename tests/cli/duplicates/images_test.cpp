// duplicates from image files on: extracted with the bundled weights, whose
// thresholds are known.
#include "cli/extract/files.h"
#include "image/exif.h"
#include "io/file.h"
#include "io/ledger.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::contains;
using test::RunResult;
using test::TempDir;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

RunResult run_in(const TempDir& dir, const Lines& command) {
  return test::run(command, test::demo_in(dir));
}

/// Soft shapes, of others for each seed.
Image picture(std::size_t width, std::size_t height, unsigned seed) {
  Image image{width, height, {}};
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (unsigned c = 0; c < 3; ++c) {
        const std::size_t u = x * 240 / width;
        const std::size_t v = y * 180 / height;
        const std::size_t a = (u * (3 + seed % 5) + v * (1 + seed % 3)) % 300;
        const std::size_t b = (u * v / (40 + seed % 7 + 10 * c)) % 256;
        image.rgb.push_back(static_cast<std::uint8_t>(
            ((a < 150 ? a : 300 - a) + b / 2 + 9 * seed) % 256));
      }
  return image;
}

std::string ppm(const Image& image) {
  return "P6\n" + std::to_string(image.width) + " " +
         std::to_string(image.height) + "\n255\n" +
         std::string(image.rgb.begin(), image.rgb.end());
}

Lines fields_by_name(const RunResult& result, const std::string& name) {
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream stream(line);
    Lines fields;
    for (std::string field; std::getline(stream, field, '\t');)
      fields.push_back(field);
    if (fields.back() == name) return fields;
  }
  return {"-", "-", "-", "-", "-", "-", name};
}

}  // namespace

TEST_CASE("copies of images are found by what extract records of them") {
  const TempDir dir;
  const Image image = picture(240, 180, 1);
  dir.write("p/0.ppm", ppm(image));
  dir.write("p/copy.ppm", ppm(image));
  dir.write("p/half.ppm", ppm(picture(120, 90, 1)));
  dir.write("p/mirror.ppm", ppm(turn_upright(image, 2)));
  dir.write("p/turned.ppm", ppm(turn_upright(image, 6)));
  dir.write("p/other.ppm", ppm(picture(240, 180, 12)));
  REQUIRE(run_in(dir, {"extract", "-q", "p"}).status == 0);
  REQUIRE(run_in(dir, {"build-index", "-q"}).status == 0);
  const RunResult found = run_in(dir, {"duplicates"});
  CAPTURE(found.out);
  CAPTURE(found.err);
  CHECK(found.status == 0);
  CHECK(fields_by_name(found, "p/0.ppm")[1] == "keep");
  CHECK(fields_by_name(found, "p/0.ppm")[5] == "240x180");
  CHECK(fields_by_name(found, "p/copy.ppm")[1] == "bytes");
  CHECK(fields_by_name(found, "p/half.ppm")[1] == "hash");
  CHECK(fields_by_name(found, "p/half.ppm")[5] == "120x90");
  CHECK(fields_by_name(found, "p/other.ppm")[0] == "-");
  // Whether the features speak against these, the network decides.
  const Ledger ledger = read_ledger(dir / "fvecs.bin", 6);
  const Lines names = test::lines_of(dir / "fnames.txt");
  for (const std::string turned : {"p/mirror.ppm", "p/turned.ppm"}) {
    const std::string relation = fields_by_name(found, turned)[1];
    CHECK((relation == turned.substr(2, 6) || relation == "-"));
  }
  // A looser threshold finds no less, a stricter one no more.
  const auto lines = [&](const std::string& option) {
    const RunResult result = run_in(dir, {"duplicates", "-q", option});
    CHECK(result.status == 0);
    return std::count(result.out.begin(), result.out.end(), '\n');
  };
  const auto usual = std::count(found.out.begin(), found.out.end(), '\n');
  CHECK(lines("--loose") >= usual);
  CHECK(lines("--strict") <= usual);
}

TEST_CASE("a run that goes on, one that adds, and update keep hashes") {
  const TempDir whole;
  const TempDir added;
  for (unsigned i = 0; i < 4; ++i)
    for (const TempDir* dir : {&whole, &added})
      dir->write("p/" + std::to_string(i) + ".ppm", ppm(picture(60, 40, i)));
  REQUIRE(run_in(whole, {"extract", "-q", "p"}).status == 0);
  REQUIRE(run_in(added, {"extract", "-q", "p/0.ppm", "p/1.ppm"}).status == 0);
  REQUIRE(run_in(added, {"extract", "-q", "--append", "p"}).status == 0);
  const auto pictures = [](const TempDir& dir) {
    std::string text;
    for (const LedgerRow& row : read_ledger(dir / "fvecs.bin", 4).rows)
      text += picture_text(row.facts.picture) + "\n";
    return text;
  };
  const std::string expected = pictures(whole);
  CHECK(contains(expected, "60\t40\t"));
  CHECK_FALSE(contains(expected, "-"));
  CHECK(pictures(added) == expected);
  // Touched and moved files keep what was seen of them.
  REQUIRE(run_in(whole, {"update", "-q", "p"}).status == 0);
  fs::last_write_time(whole / "p/0.ppm", fs::file_time_type::clock::now());
  fs::rename(whole / "p/1.ppm", whole / "p/one.ppm");
  REQUIRE(run_in(whole, {"update", "-q"}).status == 0);
  CHECK(pictures(whole) == expected);
}

TEST_SUITE_END();
