// PNG: what libpng gives, and what it refuses.
#include "image/decode.h"

#include "base/error.h"
#include "image/image_files.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::golden_image;
using test::png_chunk;
using test::png_file;
using test::zlib_stored;

using Bytes = std::vector<std::uint8_t>;

Bytes pixels(const std::string& bytes) {
  return decode_image(bytes, "x.jpg").rgb;
}

std::string reason(const std::string& bytes) {
  try {
    decode_image(bytes, "x.jpg");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// One grey pixel.
std::string small_png(const std::string& before_data = {}) {
  return png_file(1, 1, 8, 0, zlib_stored({"\0\x7f", 2}), before_data);
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("PNG: 16 bits are cut to the upper 8") {
    const std::string row("\0\x12\xff\x34\x00\xfe\x80", 7);
    CHECK(pixels(png_file(1, 1, 16, 2, zlib_stored(row))) ==
          Bytes{0x12, 0x34, 0xfe});
  }

  TEST_CASE("PNG: grey is repeated and alpha dropped") {
    CHECK(pixels(small_png()) == Bytes{0x7f, 0x7f, 0x7f});
    CHECK(pixels(png_file(1, 1, 8, 4, zlib_stored({"\0\x7f\0", 3}))) ==
          Bytes{0x7f, 0x7f, 0x7f});
    CHECK(pixels(png_file(1, 1, 8, 6, zlib_stored({"\0\1\2\3\0", 5}))) ==
          Bytes{1, 2, 3});
  }

  TEST_CASE("PNG: a transparent colour stays what it is") {
    const std::string transparent = png_chunk("tRNS", {"\0\x7f", 2});
    CHECK(pixels(small_png(transparent)) == Bytes{0x7f, 0x7f, 0x7f});
  }

  TEST_CASE("PNG: a colour beyond a short palette is black") {
    const std::string palette = png_chunk("PLTE", "abcdef");
    const std::string row("\0\1\xc8\0", 4);
    CHECK(pixels(png_file(3, 1, 8, 3, zlib_stored(row), palette)) ==
          Bytes{'d', 'e', 'f', 0, 0, 0, 'a', 'b', 'c'});
  }

  TEST_CASE("PNG: an animation gives its default image") {
    const auto number = [](std::uint32_t value) {
      return test::big_endian(value, 4);
    };
    // One frame of 1x1, of another grey, that is not the default image.
    const std::string frames =
        png_chunk("acTL", number(1) + number(0)) +
        png_chunk("fcTL", number(0) + number(1) + number(1) + number(0) +
                              number(0) + std::string(6, '\0')) +
        png_chunk("fdAT", number(1) + zlib_stored({"\0\x11", 2}));
    std::string file = small_png();
    file.insert(file.size() - png_chunk("IEND", "").size(), frames);
    CHECK(pixels(file) == Bytes{0x7f, 0x7f, 0x7f});
  }

  TEST_CASE("PNG: no part of a file decodes") {
    for (const char* name : {"png_rgb8.jpg", "png_interlaced.jpg"}) {
      const std::string whole = golden_image(name);
      for (std::size_t size = 8; size < whole.size(); size += 97)
        CHECK(reason(whole.substr(0, size)) == "truncated PNG");
      CHECK(reason(whole.substr(0, whole.size() - 1)) == "truncated PNG");
      CHECK(reason(whole) == "no error");
    }
  }

  TEST_CASE("PNG: damage is an error with libpng's reason") {
    CHECK(reason(png_file(1, 1, 7, 2, "")) == "invalid PNG: invalid IHDR data");
    CHECK(reason(png_file(1, 1, 8, 2, "no zlib")) ==
          "invalid PNG: IDAT: incorrect header check");
    CHECK(reason(png_file(1, 2, 8, 0, zlib_stored({"\0\x7f", 2}))) ==
          "invalid PNG: not enough image data");
    CHECK(reason(small_png(png_chunk("ABCD", ""))) ==
          "invalid PNG: ABCD: unhandled critical chunk");
    std::string changed = small_png();
    changed[changed.find("IEND") - 5] ^= 1;  // the data's checksum
    CHECK(reason(changed) == "invalid PNG: IDAT: CRC error");
  }

  TEST_CASE("PNG: profiles and texts are passed over, broken or not") {
    CHECK(reason(small_png(png_chunk("iCCP", "x") + png_chunk("zTXt", "x"))) ==
          "no error");
  }
}
