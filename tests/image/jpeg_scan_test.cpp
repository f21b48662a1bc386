// Which JPEGs are decoded without libjpeg. That their pixels are libjpeg's, and
// what becomes of damaged ones, pick_test.cpp and the fuzzer test.
#include "image/image_files.h"
#include "image/jpeg_files.h"
#include "image/picked_pixels.h"

#include "image/jpeg_header.h"
#include "image/jpeg_scan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;
using test::jpeg_file;
using test::JpegKind;

constexpr std::size_t kRowBytes = 4096;

/// `bytes` must have headers that libjpeg takes.
bool decodes_alone(const std::string& bytes, std::size_t most_scans = 100) {
  jpeg_decompress_struct codec = {};
  jpeg_error_mgr errors = {};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(bytes.data()),
               bytes.size());
  jpeg_read_header(&codec, TRUE);
  bool whole = false;
  if (const auto layout = plane_layout(codec)) {
    GridPicker picker({whole_grid(layout->width, layout->height)});
    PlanePixels pixels(*layout, {kRowBytes, kRowBytes, kRowBytes}, picker);
    const auto data = std::string_view(bytes).substr(
        bytes.size() - codec.src->bytes_in_buffer);
    if (const auto scan = only_scan(codec))
      whole = decode_scan(*scan, *layout, data, pixels);
    else if (const auto header = progressive_header(codec))
      whole = decode_progressive(*header, *layout, data, most_scans, pixels);
  }
  jpeg_destroy_decompress(&codec);
  return whole;
}

/// A usual kind, of random sides.
JpegKind usual_kind(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  JpegKind kind = test::random_kind(seed, 200);
  kind.progressive = random() % 3 == 0;
  kind.arithmetic = false;
  kind.width = std::max<std::size_t>(kind.width, 6);
  kind.inks = random() % 4 == 0 ? JpegKind::Inks::kGrey : JpegKind::Inks::kYcc;
  kind.across = kind.inks == JpegKind::Inks::kGrey
                    ? 1
                    : 1 + static_cast<int>(random() % 2);
  kind.down = kind.across == 2 ? 1 + static_cast<int>(random() % 2) : 1;
  return kind;
}

/// The same file with quantization steps of 255.
std::string with_largest_steps(std::string bytes) {
  constexpr std::string_view kTable("\xff\xdb\0\x43", 4);
  for (std::size_t at = bytes.find(kTable); at != std::string::npos;
       at = bytes.find(kTable, at + 1))
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at) + 5, 64,
                '\xff');
  return bytes;
}

JpegKind with_restarts() {
  JpegKind kind;
  kind.width = kind.height = 64;
  kind.across = kind.down = 2;
  kind.restart = 3;
  return kind;
}

std::string replaced(std::string bytes, std::string_view what,
                     std::string_view by) {
  const std::size_t at = bytes.rfind(what);
  REQUIRE(at != std::string::npos);
  return bytes.replace(at, what.size(), by);
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("usual JPEGs that are whole need no libjpeg") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const JpegKind kind = usual_kind(seed);
      CAPTURE(kind.text());
      const std::string bytes = jpeg_file(kind, seed);
      CHECK(decodes_alone(bytes));
      CHECK(decodes_alone(bytes + "more"));
      CHECK(!decodes_alone(bytes.substr(0, bytes.size() - 1)));
      CHECK(!decodes_alone(bytes.substr(0, bytes.size() - 3)));
    }
  }

  TEST_CASE("usual JPEGs that other programs wrote") {
    for (const char* name : {"s420_odd.jpg", "restart.jpg", "grey.jpg"}) {
      CAPTURE(name);
      CHECK(decodes_alone(test::golden_image(name)));
    }
  }

  TEST_CASE("what is unusual or damaged is left to libjpeg") {
    const std::string bytes = jpeg_file(with_restarts(), 1);
    CHECK(decodes_alone(bytes));
    const std::string_view end = "\xff\xd9";
    CHECK(!decodes_alone(replaced(bytes, end, "")));
    CHECK(!decodes_alone(replaced(bytes, end, "\x55\xff\xd9")));
    CHECK(!decodes_alone(replaced(bytes, end, "\xff\xff\xd9")));
    CHECK(!decodes_alone(replaced(bytes, end, "\xff\xda")));
    CHECK(!decodes_alone(replaced(bytes, "\xff\xd1", "\xff\xd2")));
    CHECK(!decodes_alone(replaced(bytes, "\xff\xd1", "")));
    JpegKind arithmetic = with_restarts();
    arithmetic.arithmetic = true;
    CHECK(!decodes_alone(jpeg_file(arithmetic, 1)));
  }

  TEST_CASE("progressive JPEGs that lack a scan are left to libjpeg") {
    JpegKind kind = with_restarts();
    kind.progressive = true;
    const std::string bytes = jpeg_file(kind, 1);
    CHECK(decodes_alone(bytes));
    // libjpeg's own ten.
    CHECK(decodes_alone(bytes, 10));
    CHECK(!decodes_alone(bytes, 9));
    const std::string_view scan = "\xff\xda";
    const std::size_t last = bytes.rfind(scan);
    CHECK(!decodes_alone(bytes.substr(0, last) + "\xff\xd9"));
    CHECK(
        !decodes_alone(bytes.substr(0, bytes.size() - 2) + bytes.substr(last)));
    CHECK(!decodes_alone(replaced(bytes, "\xff\xd1", "\xff\xd2")));
    CHECK(!decodes_alone(replaced(bytes, scan, "\xff\xdb")));
    for (std::size_t at = last + 2; at < last + 10; ++at) {
      std::string other = bytes;
      other[at] = static_cast<char>(other[at] + 4);
      CAPTURE(at - last);
      CHECK(!decodes_alone(other));
    }
  }

  TEST_CASE("coefficients too large for 16 bits wrap as libjpeg's do") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      JpegKind kind = usual_kind(seed);
      kind.quality = 100;
      const std::string bytes = with_largest_steps(jpeg_file(kind, seed));
      CAPTURE(kind.text());
      CHECK(decodes_alone(bytes));
      CHECK(test::picks_differ(bytes, Reference::kTensorflow) == "");
    }
  }
}
