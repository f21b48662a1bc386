// HEIC, AVIF, TIFF and JPEG XL: pixels as Pillow and its plug-ins give them,
// which scripts/data/make_format_images.py has written down, and what is
// refused.
#include "base/error.h"
#include "base/lazy_library.h"
#include "image/decode.h"
#include "image/image_files.h"
#include "image/isolated_image.h"
#include "image/sha256_32.h"
#include "io/file.h"
#include "support/contains.h"
#include "support/run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace imsearch;
using test::contains;

std::string format_file(const std::string& name) {
  return read_file(test::source_path("tests/golden/formats/" + name));
}

struct Line {
  std::string name, size, expected;
  int most = 0;
  double mean = 0;
};

std::vector<Line> read_lines() {
  std::istringstream table(format_file("formats.tsv"));
  std::string text;
  std::getline(table, text);  // the columns' names
  std::vector<Line> lines;
  while (std::getline(table, text)) {
    std::istringstream fields(text);
    Line line;
    fields >> line.name >> line.size >> line.expected >> line.most >> line.mean;
    lines.push_back(line);
  }
  return lines;
}

/// "no error" where it decodes.
std::string reason(const std::string& bytes, std::uint64_t limit = UINT64_MAX) {
  try {
    decode_image(bytes, "x.jpg", Reference::kTensorflow, limit);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// A build without the library of a format says so, and that is all it can.
bool is_left_out(const std::string& bytes) {
  return contains(reason(bytes), "is not supported by this build: install lib");
}

void compare(const Image& image, const Line& line) {
  CHECK(fmt::format("{}x{}", image.width, image.height) == line.size);
  if (line.expected[0] == '=') {
    CHECK("=" + test::sha256_32(image.rgb) == line.expected);
    return;
  }
  const Image expected = decode_image(format_file(line.expected), "");
  REQUIRE(image.rgb.size() == expected.rgb.size());
  int most = 0;
  double sum = 0;
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    const int difference = std::abs(image.rgb[i] - expected.rgb[i]);
    most = std::max(most, difference);
    sum += difference;
  }
  CHECK(most <= line.most);
  CHECK(sum / static_cast<double>(image.rgb.size()) <= line.mean);
}

/// A TIFF of 2 x 2 grey pixels with these entries besides: tag and a number.
std::string tiff(std::uint32_t width, std::uint32_t height,
                 std::vector<std::pair<std::uint32_t, std::uint32_t>> more) {
  const auto add = [&](std::uint32_t tag, std::uint32_t value) {
    const auto has = [tag](const auto& entry) { return entry.first == tag; };
    if (std::none_of(more.begin(), more.end(), has))
      more.push_back({tag, value});
  };
  add(256, width);
  add(257, height);
  add(258, 8);
  add(259, 1);
  add(262, 1);
  add(273, 8);  // the pixels
  add(277, 1);
  add(278, height);
  add(279, 4);
  std::sort(more.begin(), more.end());
  std::string bytes =
      "II*" + std::string(1, '\0') + test::little_endian(12, 4) + "abcd" +
      test::little_endian(static_cast<std::uint32_t>(more.size()), 2);
  for (const auto& [tag, value] : more)
    bytes += test::little_endian(tag, 2) + test::little_endian(4, 2) +
             test::little_endian(1, 4) + test::little_endian(value, 4);
  return bytes + test::little_endian(0, 4);
}

/// With these sides in each of its boxes "ispe".
std::string with_heif_sides(std::string bytes, std::uint32_t width,
                            std::uint32_t height) {
  for (std::size_t at = bytes.find("ispe"); at != std::string::npos;
       at = bytes.find("ispe", at + 1))
    bytes.replace(at + 8, 8,
                  test::big_endian(width, 4) + test::big_endian(height, 4));
  return bytes;
}

/// A codestream of JPEG XL that is a header of 2^30 x 2^30 pixels.
std::string large_jxl() {
  std::string bytes = "\xff\x0a";
  // Bits from the lowest: not small; 3: height of 30 bits, less one; ratio 0;
  // 3: width; all of the metadata as usual.
  std::vector<bool> bits = {false, true, true};
  bits.insert(bits.end(), 30, true);
  bits.insert(bits.end(), {false, false, false, true, true});
  bits.insert(bits.end(), 30, true);
  bits.insert(bits.end(), 8, true);
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    unsigned byte = 0;
    for (std::size_t b = 0; b < 8 && i + b < bits.size(); ++b)
      byte |= static_cast<unsigned>(bits[i + b]) << b;
    bytes += static_cast<char>(byte);
  }
  return bytes + std::string(64, '\0');
}

struct Nothing : LazyLibrary {
  Nothing() : LazyLibrary("libimsearch-nothing.so.1", "libnothing1") {}
};

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("formats: pixels are Pillow's") {
    std::size_t compared = 0;
    for (const Line& line : read_lines()) {
      CAPTURE(line.name);
      const std::string bytes = format_file(line.name);
      if (is_left_out(bytes)) continue;
      compare(decode_image(bytes, "x.jpg"), line);
      compare(decode_image(bytes, "", Reference::kPillow), line);
      ++compared;
    }
    MESSAGE(compared << " files compared");
    CHECK(read_lines().size() >= 60);
  }

  TEST_CASE("formats: no front of a file decodes") {
    for (const Line& line : read_lines()) {
      const std::string bytes = format_file(line.name);
      if (is_left_out(bytes)) continue;
      CAPTURE(line.name);
      for (const std::size_t part : {1U, 2U, 4U})
        CHECK(reason(bytes.substr(0, bytes.size() * part / 8)) != "no error");
    }
  }

  TEST_CASE("formats: a header of too many pixels is refused") {
    const std::string claims =
        "pixels, more than the 500000000 that are allowed";
    const std::string avif =
        with_heif_sides(format_file("444.avif"), 30000, 30000);
    if (!is_left_out(avif))
      CHECK(reason(avif) == "header claims 30000x30000 " + claims);
    const std::string gray = tiff(131072, 131072, {});
    if (!is_left_out(gray))
      CHECK(reason(gray) == "header claims 131072x131072 " + claims);
    const std::string jxl = large_jxl();
    if (!is_left_out(jxl))
      CHECK(reason(jxl) == "header claims 1073741824x1073741824 " + claims);
  }

  TEST_CASE(
      "formats: a stream larger than its container says takes no memory") {
    // 11900 x 11900 pixels of AV1 in 1.3 KB, which claim to be 16 x 16.
    const std::string bomb = format_file("bomb.avif");
    if (is_left_out(bomb)) return;
    CHECK(contains(reason(bomb), "invalid HEIF"));
  }

  TEST_CASE("formats: a picture tells the memory it needs before decoding") {
    for (const char* name : {"420.heic", "420.avif", "rgb.tif", "lossy.jxl"}) {
      CAPTURE(name);
      const std::string bytes = format_file(name);
      if (is_left_out(bytes)) continue;
      try {
        decode_image(bytes, "", Reference::kTensorflow, 0);
        FAIL("no limit");
      } catch (const NeedsMemory& e) {
        CHECK(e.width == 61);
        CHECK(e.height == 47);
        CHECK(e.bytes >= 3 * 61 * 47);
        CHECK(reason(bytes, e.bytes - 1) == e.what());
        CHECK(reason(bytes, e.bytes) == "no error");
      }
    }
  }

  TEST_CASE("formats: what is not read of TIFF is said") {
    if (is_left_out(format_file("rgb.tif"))) return;
    CHECK(reason(tiff(2, 2, {})) == "no error");
    CHECK(reason(tiff(2, 2, {{259, 6}})) ==
          "TIFF with a JPEG of the old kind in it (compression 6) is not "
          "supported");
    CHECK(reason(tiff(2, 2, {{259, 9999}})) ==
          "TIFF of compression 9999 is not supported");
    CHECK(reason(tiff(2, 2, {{258, 32}, {339, 3}})) ==
          "TIFF of 32 bits a sample, floating-point, is not supported");
    CHECK(reason(tiff(2, 2, {{258, 12}})) ==
          "TIFF of 12 bits a sample is not supported");
    CHECK(reason(tiff(2, 2, {{262, 8}})) == "TIFF in L*a*b* is not supported");
    CHECK(reason(tiff(2, 2, {{262, 32803}})) ==
          "RAW of a camera is not supported");
    CHECK(reason(tiff(2, 2, {{254, 1}, {330, 8}})) ==
          "RAW of a camera is not supported");
    CHECK(contains(reason(tiff(2, 300, {})), "invalid TIFF"));
  }

  TEST_CASE("formats: content tells an image without an ending") {
    for (const Line& line : read_lines()) {
      CAPTURE(line.name);
      CHECK(looks_like_image(format_file(line.name).substr(0, 64)));
    }
    CHECK(looks_like_image(test::golden_image("bmp.jpg").substr(0, 64)));
    CHECK(looks_like_image(test::golden_image("s444.jpg").substr(0, 64)));
    for (const char* text : {"", "BM", "BMW is a maker of cars and bikes",
                             "#!/bin/sh\n", "II*", "notes"})
      CHECK_FALSE(looks_like_image(text));
    // A film.
    CHECK_FALSE(looks_like_image(std::string("\0\0\0\x14", 4) + "ftypisom" +
                                 std::string(4, '\0') + "mp41"));
  }

  TEST_CASE("formats: a library that is missing is named") {
    try {
      const Nothing nothing;
      FAIL("it is there");
    } catch (const Error& e) {
      CHECK(std::string(e.what()) ==
            "libimsearch-nothing.so.1 is missing: install libnothing1");
    }
  }

  TEST_CASE("formats: what a decoder does in its process stays there") {
    const auto decode = [](const std::function<Image()>& work) {
      return isolated_image("HEIC", "libheif", work);
    };
    const Image image = {2, 1, {1, 2, 3, 4, 5, 6}};
    CHECK(decode([&] { return image; }).rgb == image.rgb);
    CHECK_THROWS_AS(decode([]() -> Image { throw NeedsMemory(7, 8, 9); }),
                    NeedsMemory);
    CHECK_THROWS_AS(decode([]() -> Image { throw std::bad_alloc(); }),
                    std::bad_alloc);
    CHECK_THROWS_WITH(decode([]() -> Image { std::abort(); }),
                      "HEIC: libheif crashed on it (signal 6)");
    CHECK_THROWS_WITH(decode([]() -> Image { fail("bad"); }), "bad");
  }

  TEST_CASE("formats: threads decode at the same time") {
    const std::string bytes = format_file("420.heic");
    if (is_left_out(bytes)) return;
    const Image expected = decode_image(bytes, "");
    std::vector<std::thread> threads;
    std::vector<std::size_t> equal(4);
    for (std::size_t& count : equal)
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i)
          if (decode_image(bytes, "").rgb == expected.rgb) ++count;
      });
    for (std::thread& thread : threads) thread.join();
    for (const std::size_t count : equal) CHECK(count == 10);
  }
}
