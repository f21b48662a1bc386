// BMP, GIF and TGA: what stb_image gives, and the gaps closed around it.
#include "image/decode.h"

#include "base/error.h"
#include "image/image_files.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::bmp_file;
using test::golden_image;
using test::tga_file;

using Bytes = std::vector<std::uint8_t>;

Bytes pixels(const std::string& bytes, const std::string& name = "x.jpg") {
  return decode_image(bytes, name).rgb;
}

std::string reason(const std::string& bytes,
                   const std::string& name = "x.jpg") {
  try {
    decode_image(bytes, name);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("BMP: rows may run up or down") {
    const std::string rows("abcdef\0\0ghijkl\0\0", 16);
    const Bytes up = pixels(bmp_file(2, 2, 24, "", rows));
    CHECK(up ==
          Bytes{'i', 'h', 'g', 'l', 'k', 'j', 'c', 'b', 'a', 'f', 'e', 'd'});
    const std::uint32_t minus_two = ~std::uint32_t{0} - 1;
    const Bytes down = pixels(bmp_file(2, minus_two, 24, "", rows));
    CHECK(down ==
          Bytes{'c', 'b', 'a', 'f', 'e', 'd', 'i', 'h', 'g', 'l', 'k', 'j'});
  }

  TEST_CASE("BMP: a colour beyond a short palette is black") {
    const std::string palette("abc\0def\0", 8);
    const std::string row("\1\xc8\0\0", 4);
    CHECK(pixels(bmp_file(3, 1, 8, palette, row)) ==
          Bytes{'f', 'e', 'd', 0, 0, 0, 'c', 'b', 'a'});
  }

  TEST_CASE("BMP: the last colours of an OS/2 palette are read") {
    std::string file = "BM" + std::string(8, '\0') +
                       test::little_endian(26 + 256 * 3, 4) +
                       test::little_endian(12, 4) + test::little_endian(1, 2) +
                       test::little_endian(1, 2) + test::little_endian(1, 2) +
                       test::little_endian(8, 2);
    for (std::uint32_t i = 0; i < 256; ++i)
      file += test::little_endian(i * 0x10101, 3);
    CHECK(pixels(file + std::string("\xff\0\0\0", 4)) == Bytes{255, 255, 255});
  }

  TEST_CASE("BMP: a truncated file is an error") {
    const std::string whole = golden_image("bmp.jpg");
    for (std::size_t size = 2; size + 4 < whole.size(); size += 97)
      CHECK(reason(whole.substr(0, size)) == "truncated BMP");
    CHECK(reason(bmp_file(1, 1, 24, "", "ab")) == "truncated BMP");
  }

  TEST_CASE("BMP: pixels within the header are an error") {
    std::string file = bmp_file(1, 1, 8, "", "abcd");
    file.replace(10, 4, test::little_endian(20, 4));
    CHECK(reason(file) ==
          "invalid BMP: pixels begin at byte 20, within the header of 54");
  }

  TEST_CASE("GIF: the first frame of several is taken") {
    const Image one = decode_image(golden_image("gif.jpg"), "");
    const Image two = decode_image(golden_image("gif_two_frames.jpg"), "");
    CHECK(one.rgb == two.rgb);
  }

  TEST_CASE("GIF: a truncated file is an error") {
    const std::string whole = golden_image("gif.jpg");
    for (std::size_t size = 6; size + 2 < whole.size(); size += 97)
      CHECK(reason(whole.substr(0, size)) == "truncated GIF");
  }

  TEST_CASE("GIF: without a frame it is an error") {
    const std::string file = "GIF89a" + test::little_endian(1, 2) +
                             test::little_endian(1, 2) + std::string(3, '\0');
    CHECK(reason(file + ";") == "invalid GIF: no picture in it");
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
                          "cbafed"),
                 "x.tga") == expected);
  }

  TEST_CASE("TGA: a truncated file is an error") {
    CHECK(reason(tga_file(2, 1, 2, "cbafe"), "x.tga") ==
          "truncated TGA: 23 of 24 bytes");
    CHECK(reason(tga_file(2, 1, 10,
                          "\x01"
                          "cbafe"),
                 "x.tga") == "truncated TGA");
    CHECK(reason("short", "x.tga") == "truncated TGA");
  }

  TEST_CASE("TGA: other formats do not come in by that name") {
    CHECK(reason("#?RADIANCE\n\n-Y 1 +X 1\n", "x.tga") ==
          "invalid TGA: kind 82 with 63 colour maps");
  }
}
