// Orientations: found in each kind of file, and turned.
#include "image/exif.h"

#include "image/drawn_image.h"
#include "image/image_files.h"
#include "image/stored_picture.h"
#include "image/webp_files.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imsearch;
using test::exif_block;
using test::golden_image;
using test::jpeg_with_exif;

const std::string kPrefix("Exif\0\0", 6);

std::string png_with_exif(const std::string& block) {
  return test::png_file(1, 1, 8, 0, test::zlib_stored({"\0\x7f", 2}),
                        test::png_chunk("eXIf", block));
}

std::string webp_with_exif(const std::string& block) {
  constexpr unsigned kExif = 8;
  const std::string picture =
      test::webp_picture(test::webp_file(test::drawn_image(3, 2)));
  return test::extended_webp(3, 2, kExif,
                             picture + test::webp_chunk("EXIF", block));
}

std::string small_jpeg() {
  return golden_image("dim3x2.jpg");
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE(
      "every orientation is found, in either byte order, in every format") {
    for (int orientation = 1; orientation <= 8; ++orientation)
      for (const bool little_endian : {true, false}) {
        CAPTURE(orientation);
        CAPTURE(little_endian);
        const std::string block = exif_block(orientation, little_endian);
        CHECK(exif_orientation(jpeg_with_exif(small_jpeg(), block)) ==
              orientation);
        CHECK(exif_orientation(png_with_exif(block)) == orientation);
        CHECK(exif_orientation(png_with_exif(kPrefix + block)) == orientation);
        CHECK(exif_orientation(webp_with_exif(block)) == orientation);
        CHECK(exif_orientation(webp_with_exif(kPrefix + block)) == orientation);
      }
  }

  TEST_CASE("a golden photo says 6, most files say nothing") {
    CHECK(exif_orientation(golden_image("exif_orientation6.jpg")) == 6);
    for (const char* name : {"s444.jpg", "png_rgb8.jpg", "gif.jpg", "bmp.jpg",
                             "webp_named.jpg", "text.jpg", "empty.jpg"})
      CHECK(exif_orientation(golden_image(name)) == 1);
  }

  TEST_CASE("the first EXIF block counts, other segments are passed over") {
    const std::string jpeg = jpeg_with_exif(
        jpeg_with_exif(small_jpeg(), exif_block(3)), exif_block(8));
    CHECK(exif_orientation(jpeg) == 8);
    const std::string other("\xff\xe1\0\x08http:\0\xff", 11);  // and a fill
    CHECK(exif_orientation(jpeg.substr(0, 2) + other + jpeg.substr(2)) == 8);
  }

  TEST_CASE("no part of a block is believed, nor read beyond its end") {
    const std::string block = exif_block(6);
    constexpr std::size_t kEndOfEntries = 8 + 2 + 2 * 12;
    for (std::size_t size = 0; size < kEndOfEntries; ++size)
      CHECK(exif_orientation(
                jpeg_with_exif(small_jpeg(), block.substr(0, size))) == 1);
    CHECK(exif_orientation(jpeg_with_exif(
              small_jpeg(), block.substr(0, kEndOfEntries))) == 6);
  }

  TEST_CASE("a broken block means as it stands") {
    const auto changed = [](std::size_t at, const std::string& bytes) {
      std::string block = exif_block(6);
      block.replace(at, bytes.size(), bytes);
      return exif_orientation(jpeg_with_exif(small_jpeg(), block));
    };
    constexpr std::size_t kEntry = 8 + 2 + 12;
    CHECK(changed(kEntry + 8, "\x06") == 6);
    CHECK(changed(kEntry + 8, std::string(1, '\0')) == 1);
    CHECK(changed(kEntry + 8, "\x09") == 1);
    CHECK(changed(kEntry + 2, "\x04") == 1);  // another type
    CHECK(changed(kEntry + 4, "\x02") == 1);  // two of them
    CHECK(changed(0, "XX") == 1);
    CHECK(changed(4, "\xff\xff\xff\xff") == 1);  // a directory far away
    CHECK(changed(8, "\xff\xff") == 6);          // more entries than there are
    CHECK(changed(8, std::string(2, '\0')) == 1);
    std::string cut = jpeg_with_exif(small_jpeg(), exif_block(6));
    cut[4] = '\x7f';  // a segment longer than the file
    CHECK(exif_orientation(cut) == 1);
  }

  TEST_CASE("turning restores the upright picture") {
    const Image upright = test::drawn_image(5, 3);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      CAPTURE(orientation);
      const Image turned =
          turn_upright(test::stored_picture(upright, orientation), orientation);
      CHECK(turned.width == 5);
      CHECK(turned.height == 3);
      CHECK(turned.rgb == upright.rgb);
    }
  }
}
