// extract's memory while many large images come together.
#include "cli/extract/files.h"

#include "support/contains.h"
#include "support/sanitized.h"
#include "view/canvas.h"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace imsearch;
using namespace imsearch::test;

namespace {

constexpr std::size_t kMegabyte = 1'000'000;

/// A grey JPEG: a small file of many pixels.
std::string flat_jpeg(std::size_t width, std::size_t height) {
  return to_jpeg(make_canvas(width, height, {128, 128, 128}));
}

/// The same as PNG.
std::string flat_png(std::size_t width, std::size_t height) {
  return to_png(make_canvas(width, height, {128, 128, 128}));
}

/// The same as BMP, run-length coded, of which the whole picture is decoded.
std::string flat_bmp(std::size_t width, std::size_t height) {
  std::string bytes = "BM";
  const auto add = [&](std::size_t value, int count) {
    for (; count > 0; --count, value >>= 8)
      bytes += static_cast<char>(value & 255);
  };
  constexpr std::size_t kRunLengths = 1;
  for (const std::size_t value : {0UL, 0UL, 58UL, 40UL}) add(value, 4);
  add(width, 4);
  add(height, 4);
  add(1, 2);  // plane
  add(8, 2);  // bits
  for (const std::size_t value : {kRunLengths, 0UL, 0UL, 0UL, 1UL, 1UL})
    add(value, 4);
  add(0x808080, 4);  // the only colour
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t left = width; left > 0;) {
      const std::size_t run = std::min<std::size_t>(left, 255);
      add(run, 2);
      left -= run;
    }
    add(0, 2);  // end of row
  }
  add(1 << 8, 2);  // end of picture
  return bytes;
}

/// The peak of memory over `count` times the image, in bytes.
std::size_t peak_of(const std::string& image, int count, const char* threads) {
  const TempDir dir;
  dir.write("large", image);
  std::string list;
  for (int i = 0; i < count; ++i) list += "large\n";
  dir.write("list", list);
  const RunResult result =
      extract_in(dir, {"--files-from", "list", "--json", "-q", threads});
  REQUIRE(result.status == 0);
  const auto summary = nlohmann::json::parse(result.out);
  CHECK(summary.at("images") == count);
  return summary.at("peak_memory_bytes");
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("photos of 40 MB that come together need less than 400 MB" *
            doctest::skip(kSanitized)) {
    // Each thread decodes one, and holds its file.
    std::string pgm = "P5\n4000 3333\n255\n";
    pgm.resize(pgm.size() + std::size_t{4000} * 3333, '\x7f');
    CHECK(peak_of(pgm, 12, "-j2") < 400 * kMegabyte);
    CHECK(peak_of(flat_jpeg(4000, 3333), 12, "-j2") < 400 * kMegabyte);
  }

  TEST_CASE("of images of 192 MB one is decoded at a time" *
            doctest::skip(kSanitized)) {
    const std::string image = flat_bmp(8000, 8000);
    const std::size_t one = peak_of(image, 1, "-j4");
    CHECK(one > 192 * kMegabyte);
    CHECK(peak_of(image, 6, "-j4") < one + 100 * kMegabyte);
  }

  TEST_CASE("of a large JPEG or PNG only what is read is held" *
            doctest::skip(kSanitized)) {
    const std::size_t small = peak_of(flat_jpeg(100, 100), 6, "-j4");
    CHECK(peak_of(flat_jpeg(8000, 8000), 6, "-j4") < small + 60 * kMegabyte);
    CHECK(peak_of(flat_png(8000, 8000), 6, "-j4") < small + 60 * kMegabyte);
  }

  TEST_CASE(
      "fault 10: an image for which there is never memory is bad by size" *
      doctest::skip(kSanitized)) {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    dir.write("large.bmp", flat_bmp(9000, 9000));
    dir.write("z.ppm", pattern_ppm(2));
    RunOptions options = demo_in(dir);
    options.max_data_bytes = 280 * kMegabyte;
    const RunResult result = extract_in(options, {".", "-j2", "--resume"});
    CHECK(result.status == 0);
    CHECK(
        contains(result.err,
                 "large.bmp: needs 275 MB of memory for 9000 x 9000 pixels, "));
    CHECK(contains(result.err, "2 of 3 images, 1 bad"));
    CHECK(lines_of(dir / "fnames.txt").size() == 2);
    const auto bad = lines_of(dir / "fnames.txt.bad.tsv");
    REQUIRE(bad.size() == 1);
    CHECK(contains(bad.front(), "needs 275 MB of memory"));
    // Where there is memory, it is an image like any other.
    CHECK(extract_in(dir, {"large.bmp", "--strict"}).status == 0);
  }

  TEST_CASE("fault 10: a photo of 200 megapixels is read" *
            doctest::skip(kSanitized)) {
    const TempDir dir;
    dir.write("phone.jpg", flat_jpeg(16320, 12240));
    const RunResult result = extract_in(dir, {"phone.jpg", "--strict", "-q"});
    CHECK(result.err == "");
    CHECK(result.status == 0);
  }
}
