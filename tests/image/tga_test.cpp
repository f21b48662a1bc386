// TGA: told by its name, and Pillow's picture from whichever corner it is
// stored.
#include "image/decode.h"

#include "base/error.h"
#include "image/image_files.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::little_endian;
using test::tga_file;

using Bytes = std::vector<std::uint8_t>;

Bytes pixels(const std::string& bytes, const std::string& name = "x.tga") {
  return decode_image(bytes, name).rgb;
}

std::string reason(const std::string& bytes,
                   const std::string& name = "x.tga") {
  try {
    decode_image(bytes, name);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// A file of 2 x 2 pixels. `map`: first index, number and bits of a palette.
std::string tga_of(int kind, int bits, int corner, const std::string& data,
                   const std::string& map = std::string(5, '\0'),
                   const std::string& palette = {}) {
  const auto byte = [](int value) {
    return std::string(1, static_cast<char>(value));
  };
  return byte(0) + byte(palette.empty() ? 0 : 1) + byte(kind) + map +
         std::string(4, '\0') + little_endian(2, 2) + little_endian(2, 2) +
         byte(bits) + byte(corner) + palette + data;
}

constexpr int kFromTop = 0x20;

Bytes greys(const std::string& values) {
  Bytes result;
  for (const char value : values)
    result.insert(result.end(), 3, static_cast<std::uint8_t>(value));
  return result;
}

}  // namespace

// What is expected of whole files is what Pillow 13.0.0 gives for them.
TEST_SUITE("image") {
  TEST_CASE("fault 8: TGA stored from any corner") {
    const std::string colours = "abcdefghijkl";
    const std::string packets(
        "\x81"
        "abc\x01ghijkl",
        11);
    struct {
      int corner;
      std::string grey, colour, packed;
    } const cases[] = {
        {0x00, "3412", "ihglkjcbafed", "ihglkjcbacba"},
        {0x10, "4321", "lkjihgfedcba", "lkjihgcbacba"},
        {0x20, "1234", "cbafedihglkj", "cbacbaihglkj"},
        {0x30, "2143", "fedcbalkjihg", "cbacbalkjihg"},
    };
    for (const auto& [stored_from, grey, colour, packed] : cases) {
      // A copy: clang 14 captures no binding.
      const auto corner = stored_from;
      CAPTURE(corner);
      CHECK(pixels(tga_of(3, 8, corner, "1234")) == greys(grey));
      CHECK(pixels(tga_of(2, 24, corner, colours)) ==
            Bytes(colour.begin(), colour.end()));
      CHECK(pixels(tga_of(10, 24, corner, packets)) ==
            Bytes(packed.begin(), packed.end()));
    }
  }

  TEST_CASE("fault 8: a TGA's palette begins at the index it says") {
    const auto map = [](std::uint32_t first, int bits) {
      return little_endian(first, 2) + little_endian(2, 2) +
             std::string(1, static_cast<char>(bits));
    };
    // Index 9 is in no palette: black.
    const std::string indices("\5\6\5\x09", 4);
    CHECK(pixels(tga_of(1, 8, kFromTop, indices, map(5, 24), "abcdef")) ==
          Bytes{'c', 'b', 'a', 'f', 'e', 'd', 'c', 'b', 'a', 0, 0, 0});
    CHECK(pixels(tga_of(1, 8, kFromTop, indices, map(5, 32), "abcxdefy")) ==
          Bytes{'c', 'b', 'a', 'f', 'e', 'd', 'c', 'b', 'a', 0, 0, 0});
    CHECK(pixels(tga_of(1, 8, kFromTop, indices, map(5, 16),
                        std::string("\x22\x04\xff\xff", 4))) ==
          Bytes{8, 8, 16, 255, 255, 255, 8, 8, 16, 0, 0, 0});
  }

  TEST_CASE("TGA: 16 bits a pixel, alpha, and one bit") {
    CHECK(pixels(tga_of(2, 16, kFromTop,
                        std::string("\x22\x04\xff\x7f\0\x7c\x1f\x80", 8))) ==
          Bytes{8, 8, 16, 255, 255, 255, 255, 0, 0, 0, 0, 255});
    CHECK(pixels(tga_of(2, 32, kFromTop, "abcxdefyghizjklw")) ==
          Bytes{'c', 'b', 'a', 'f', 'e', 'd', 'i', 'h', 'g', 'l', 'k', 'j'});
    CHECK(pixels(tga_of(3, 16, kFromTop, "1a2b3c4d")) == greys("1234"));
    CHECK(pixels(tga_of(3, 1, kFromTop, "\x40\x80")) ==
          greys(std::string("\0\xff\xff\0", 4)));
  }

  TEST_CASE("TGA is told by its name alone, in any case") {
    const std::string plain = tga_file(2, 1, 2, "cbafed");
    const Bytes expected = {'a', 'b', 'c', 'd', 'e', 'f'};
    CHECK(pixels(plain, "x.tga") == expected);
    CHECK(pixels(plain, "folder/X.TgA") == expected);
    CHECK(reason(plain, "x.jpg") ==
          "not an image: starts with bytes 00 00 02 00");
    CHECK(pixels(tga_file(2, 1, 10,
                          "\x01"
                          "cbafed")) == expected);
  }

  TEST_CASE("TGA: a truncated file is an error") {
    CHECK(reason(tga_file(2, 1, 2, "cbafe")) ==
          "truncated TGA: 23 of 24 bytes");
    CHECK(reason(tga_file(2, 1, 10,
                          "\x01"
                          "cbafe")) == "truncated TGA");
    CHECK(reason(tga_file(2, 1, 10, "")) ==
          "truncated TGA: 18 of at least 22 bytes");
    CHECK(reason("short") == "truncated TGA");
    CHECK(reason(tga_of(9, 8, 0, "", std::string("\0\0\2\0\x18", 5), "abc")) ==
          "truncated TGA: 21 of at least 26 bytes");
  }

  TEST_CASE("TGA: other formats do not come in by that name") {
    CHECK(reason("#?RADIANCE\n\n-Y 1 +X 1\n") ==
          "invalid TGA: kind 82 with 63 colour maps");
    CHECK(reason(tga_of(1, 8, 0, "1234")) ==
          "invalid TGA: kind 1 with 0 colour maps");
    CHECK(reason(tga_of(2, 12, 0, "12345678")) ==
          "TGA of kind 2 with 12 bits a pixel and 0 a palette's colour is not "
          "supported");
  }
}
