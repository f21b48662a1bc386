// Pixels that were picked while a picture was decoded are those of the whole
// picture.
#include "image/image_files.h"
#include "image/jpeg_files.h"
#include "image/picked_pixels.h"

#include "base/error.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>

namespace {

using namespace imsearch;
using test::jpeg_file;
using test::JpegKind;

std::uint64_t needed_by(const std::string& bytes, std::size_t rows,
                        std::size_t columns) {
  try {
    pick_image(bytes, "", Reference::kTensorflow, 0,
               [&](std::size_t width, std::size_t height) {
                 return std::vector<PixelGrid>{
                     {test::every(height / rows, 0, height),
                      test::every(width / columns, 0, width)}};
               });
  } catch (const NeedsMemory& e) {
    return e.bytes;
  }
  return 0;
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("picked pixels of JPEGs of any kind are those of the whole") {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
      const JpegKind kind = test::random_kind(seed, 120);
      const std::string bytes = jpeg_file(kind, seed);
      CAPTURE(seed);
      CAPTURE(kind.text());
      CHECK(test::picks_differ(bytes, Reference::kTensorflow) == "");
      CHECK(test::picks_differ(bytes, Reference::kPillow) == "");
    }
  }

  TEST_CASE("the usual samplings at every width and height") {
    for (const int across : {1, 2})
      for (int down = 1; down <= across; ++down)
        for (std::size_t side = 1; side < 40; ++side) {
          JpegKind kind;
          kind.width = side;
          kind.height = 41 - side;
          kind.across = across;
          kind.down = down;
          CAPTURE(kind.text());
          CHECK(test::picks_differ(jpeg_file(kind, side),
                                   Reference::kTensorflow) == "");
        }
  }

  TEST_CASE("damaged JPEGs give the same pixels or the same reason") {
    std::mt19937_64 random(3);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      JpegKind kind = test::random_kind(seed, 100);
      kind.inks = JpegKind::Inks::kYcc;
      std::string bytes = jpeg_file(kind, seed);
      if (seed % 4 == 0) bytes.resize(bytes.size() * (random() % 90 + 8) / 100);
      for (int i = 0; i < 3; ++i)
        bytes[3 + random() % (bytes.size() - 3)] = static_cast<char>(random());
      CAPTURE(seed);
      CAPTURE(kind.text());
      CHECK(test::picks_differ(bytes, Reference::kTensorflow) == "");
    }
  }

  TEST_CASE("golden images give the same when they are picked from") {
    for (const char* name :
         {"arithmetic.jpg",     "cmyk_pillow.jpg", "corrupt_scan.jpg",
          "dim1x1.jpg",         "dim3x2.jpg",      "dim700x9.jpg",
          "empty.jpg",          "gif.jpg",         "grey.jpg",
          "header_only.jpg",    "no_eoi.jpg",      "png_palette.jpg",
          "restart.jpg",        "rgb_adobe0.jpg",  "s3x1.jpg",
          "s410.jpg",           "s420_odd.jpg",    "s440.jpg",
          "truncated_half.jpg", "ycck.jpg",        "png_rgb8.jpg",
          "png_interlaced.jpg", "png_grey8.jpg",   "png_rgb16.jpg"}) {
      CAPTURE(name);
      const std::string bytes = test::golden_image(name);
      CHECK(test::picks_differ(bytes, Reference::kTensorflow) == "");
      CHECK(test::picks_differ(bytes, Reference::kPillow) == "");
    }
  }

  TEST_CASE("input and hash of a large photo, whichever way up it lies") {
    JpegKind kind;
    kind.across = kind.down = 2;
    kind.width = 2048;  // places of the hash lie between two pixels
    kind.height = 1537;
    const std::string bytes = jpeg_file(kind, 1);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      CAPTURE(orientation);
      CHECK(test::inputs_differ(bytes, orientation) == "");
    }
    CHECK(test::inputs_differ(test::golden_image("dim700x9.jpg"), 6) == "");
    CHECK(test::inputs_differ(test::golden_image("png_rgb8.jpg"), 5) == "");
  }

  TEST_CASE("only the pixels that are wanted need memory") {
    JpegKind kind;
    kind.width = 640;
    kind.height = 480;
    constexpr std::uint64_t kRows = 256 * 640;
    CHECK(needed_by(jpeg_file(kind, 1), 10, 20) == 10 * 20 * 3 + kRows);
    // The coefficients of three whole channels, of two bytes each.
    kind.progressive = true;
    CHECK(needed_by(jpeg_file(kind, 1), 10, 20) >= 640 * 480 * 6 + kRows);
    CHECK_THROWS_WITH_AS(
        needed_by(test::with_sides(jpeg_file(kind, 1), 30000, 30000), 10, 20),
        "header claims 30000x30000 pixels, more than the 500000000 that are "
        "allowed",
        Error);
  }
}
