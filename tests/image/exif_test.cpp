// Orientations: found in each kind of file, and turned.
#include "image/exif.h"

#include "image/drawn_image.h"
#include "image/image_files.h"
#include "image/stored_picture.h"
#include "image/webp_files.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace {

using namespace imsearch;
using test::exif_block;
using test::golden_image;
using test::jpeg_with_exif;
using test::little_endian;

const std::string kPrefix("Exif\0\0", 6);

/// `others`: chunks before that one.
std::string png_with(const std::string& type, const std::string& data,
                     const std::string& others = {}) {
  return test::png_file(1, 1, 8, 0, test::zlib_stored({"\0\x7f", 2}),
                        others + test::png_chunk(type, data));
}

std::string png_with_exif(const std::string& block) {
  return png_with("eXIf", block);
}

std::string webp_with(const std::string& type, const std::string& data) {
  constexpr unsigned kExif = 8;
  constexpr unsigned kXmp = 4;
  const std::string picture =
      test::webp_picture(test::webp_file(test::drawn_image(3, 2)));
  return test::extended_webp(3, 2, type == "EXIF" ? kExif : kXmp,
                             picture + test::webp_chunk(type, data));
}

std::string webp_with_exif(const std::string& block) {
  return webp_with("EXIF", block);
}

std::string small_jpeg() {
  return golden_image("dim3x2.jpg");
}

std::string jpeg_with_xmp(const std::string& packet) {
  const std::string content =
      std::string("http://ns.adobe.com/xap/1.0/\0", 29) + packet;
  const std::string jpeg = small_jpeg();
  return jpeg.substr(0, 2) + "\xff\xe1" +
         test::big_endian(static_cast<std::uint32_t>(content.size() + 2), 2) +
         content + jpeg.substr(2);
}

/// A TIFF block whose only entry is the orientation. `behind`: what follows it
/// in the file, from byte kBehind - 4 on.
std::string tiff_block(std::uint32_t type, std::uint32_t count,
                       const std::string& value, const std::string& behind) {
  constexpr std::uint32_t kOrientation = 0x0112;
  return "II" + little_endian(42, 2) + little_endian(8, 4) +
         little_endian(1, 2) + little_endian(kOrientation, 2) +
         little_endian(type, 2) + little_endian(count, 4) + value + behind;
}
constexpr std::uint32_t kBehind = 8 + 2 + 12 + 4;

std::string hex_of(const std::string& bytes) {
  constexpr std::size_t kPerLine = 36;
  std::string hex;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % kPerLine == 0) hex += "\n";
    hex += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return hex;
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
    CHECK(changed(kEntry + 2, "\x02") == 1);  // a text
    CHECK(changed(kEntry + 2, "\x63") == 1);  // a type that is none
    CHECK(changed(kEntry + 4, std::string(1, '\0')) == 1);  // none of them
    CHECK(changed(kEntry + 4, "\x03") == 1);  // more than there is room for
    CHECK(changed(0, "XX") == 1);
    CHECK(changed(4, "\xff\xff\xff\xff") == 1);  // a directory far away
    CHECK(changed(8, "\xff\xff") == 6);          // more entries than there are
    CHECK(changed(8, std::string(2, '\0')) == 1);
    std::string cut = jpeg_with_exif(small_jpeg(), exif_block(6));
    cut[4] = '\x7f';  // a segment longer than the file
    CHECK(exif_orientation(cut) == 1);
  }

  // Pillow 13.0.0's exif_transpose turns all of these so, and leaves alone what
  // is expected to be 1.
  TEST_CASE("fault 13: an orientation stored as a number of any type") {
    const auto found = [](std::uint32_t type, std::uint32_t count,
                          const std::string& value, const std::string& behind) {
      const std::string block =
          tiff_block(type, count, value, little_endian(0, 4) + behind);
      return exif_orientation(jpeg_with_exif(small_jpeg(), block));
    };
    const std::string six("\x06\0\0\0", 4);
    const std::string there = little_endian(kBehind, 4);
    CHECK(found(3, 1, six, "") == 6);  // SHORT
    CHECK(found(3, 2, std::string("\x06\0\x03\0", 4), "") == 6);
    CHECK(found(4, 1, six, "") == 6);  // LONG
    CHECK(found(4, 2, there, six + std::string("\3\0\0\0", 4)) == 6);
    CHECK(found(5, 1, there, little_endian(12, 4) + little_endian(2, 4)) == 6);
    CHECK(found(5, 1, there, little_endian(13, 4) + little_endian(2, 4)) == 1);
    CHECK(found(5, 1, there, little_endian(6, 4) + little_endian(0, 4)) == 1);
    CHECK(found(6, 1, six, "") == 6);  // SBYTE
    CHECK(found(8, 1, six, "") == 6);  // SSHORT
    CHECK(found(9, 1, six, "") == 6);  // SLONG
    CHECK(found(10, 1, there, little_endian(6, 4) + little_endian(1, 4)) == 6);
    CHECK(found(11, 1, std::string("\0\0\xc0\x40", 4), "") == 6);  // 6.0F
    CHECK(found(12, 1, there, std::string("\0\0\0\0\0\0\x18\x40", 8)) == 6);
    CHECK(found(13, 1, six, "") == 6);                       // IFD
    CHECK(found(1, 1, six, "") == 1);                        // BYTE
    CHECK(found(2, 2, std::string("6\0\0\0", 4), "") == 1);  // ASCII
    CHECK(found(7, 1, six, "") == 1);                        // UNDEFINED
    CHECK(found(4, 2, little_endian(5000, 4), "") == 1);     // beyond the block
    CHECK(found(9, 1, little_endian(~5U, 4), "") == 1);      // -6
  }

  TEST_CASE("fault 13: an orientation in XMP alone") {
    const std::string attribute = "<x:xmpmeta tiff:Orientation=\"6\"/>";
    const std::string element = "<tiff:Orientation>8</tiff:Orientation>";
    CHECK(exif_orientation(jpeg_with_xmp(attribute)) == 6);
    CHECK(exif_orientation(jpeg_with_xmp(element)) == 8);
    CHECK(exif_orientation(jpeg_with_xmp("<a tiff:Orientation='6'/>")) == 1);
    CHECK(exif_orientation(jpeg_with_xmp("<a tiff:Orientation=\"9\"/>")) == 1);
    CHECK(exif_orientation(jpeg_with_xmp("<a tiff:Orientation=\"")) == 1);
    CHECK(exif_orientation(webp_with("XMP ", attribute)) == 6);
    const std::string keyword("XML:com.adobe.xmp\0", 18);
    CHECK(exif_orientation(png_with(
              "iTXt", keyword + std::string(4, '\0') + attribute)) == 6);
    CHECK(exif_orientation(
              png_with("iTXt", keyword + std::string("\1\0\0\0", 4) +
                                   test::zlib_stored(attribute))) == 6);
    CHECK(exif_orientation(png_with("tEXt", "Comment" + attribute)) == 1);
  }

  TEST_CASE("fault 13: XMP counts only where EXIF has no orientation") {
    const std::string xmp = "<x:xmpmeta tiff:Orientation=\"6\"/>";
    const auto both = [&](const std::string& block) {
      return exif_orientation(jpeg_with_exif(jpeg_with_xmp(xmp), block));
    };
    CHECK(both(exif_block(3)) == 3);
    CHECK(both(exif_block(1)) == 1);
    std::string other = exif_block(3);
    other[8 + 2 + 12] = '\x13';  // another tag
    CHECK(both(other) == 6);
    CHECK(both("broken, but long") == 1);
  }

  TEST_CASE("fault 13: an orientation in a PNG's raw profile") {
    const std::string hex =
        "\nexif\n      56\n" + hex_of(kPrefix + exif_block(6)) + "\n";
    const std::string keyword("Raw profile type exif\0", 22);
    const auto text = [&](const std::string& profile) {
      return exif_orientation(png_with("tEXt", keyword + profile));
    };
    CHECK(text(hex) == 6);
    const std::string zero(1, '\0');
    CHECK(exif_orientation(
              png_with("zTXt", keyword + zero + test::zlib_stored(hex))) == 6);
    CHECK(exif_orientation(png_with("zTXt", keyword + zero + "no zlib")) == 1);
    CHECK(exif_orientation(png_with("zTXt", keyword)) == 1);
    CHECK(text(hex.substr(0, 20)) == 1);
    CHECK(text("\nexif\n 3\nno digits\n") == 1);
    CHECK(text("") == 1);
    // eXIf comes first, whatever it says.
    const std::string profile = test::png_chunk("tEXt", keyword + hex);
    CHECK(exif_orientation(png_with("eXIf", exif_block(8), profile)) == 8);
  }

  TEST_CASE("fault 13: EXIF that goes on in a second segment") {
    const std::string block = exif_block(6);
    // The last segment added is the first in the file.
    const std::string jpeg = jpeg_with_exif(
        jpeg_with_exif(small_jpeg(), block.substr(20)), block.substr(0, 20));
    CHECK(exif_orientation(jpeg) == 6);
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
