// BMP: every kind of header and of pixels gives Pillow's picture.
//
// The hashes are SHA-256 of what Pillow 13.0.0 made of these very files by
// Image.open(…).convert("RGB").tobytes(), unless said otherwise.
#include "image/decode.h"

#include "base/error.h"
#include "image/bmp_files.h"
#include "image/image_files.h"
#include "image/sha256_32.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::Bmp;
using test::bmp_bytes;
using test::bmp_file;
using test::golden_image;

using Bytes = std::vector<std::uint8_t>;

Bytes pixels(const std::string& bytes) {
  return decode_image(bytes, "x.jpg").rgb;
}

/// The sides, and the hash of the pixels.
std::string picture(const Bmp& bmp) {
  const Image image = decode_image(bmp_bytes(bmp), "x.jpg");
  return std::to_string(image.width) + "x" + std::to_string(image.height) +
         " " + test::sha256_32(image.rgb);
}

std::string reason(const std::string& bytes) {
  try {
    decode_image(bytes, "x.jpg");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("fault 12: BMP with any header, with and without a gap") {
    const std::map<std::uint32_t, std::string> expected = {
        {1, "9585f85b8e982be4e27588cace580e6d"},
        {4, "ba3812730a3ba1304182fdeb804c7d35"},
        {8, "f6b7637a3403cb599891a704e1c49d43"},
        {16, "9dbf9269fe454e9cbcd6adf5c21fdaae"},
        {24, "5662d2e4832255e39809eb863b39dfdc"},
        {32, "906c8c975695a9271281c72a113c2c75"}};
    const std::map<std::uint32_t, std::string> os2_expected = {
        {1, "816048808bbb200ec56d0cdfe0a4a0fe"},
        {4, "1875aa8571f19567da1d0ba0c5819b6f"},
        {8, "accb083861037d85a698ae40dc408616"}};
    for (const std::size_t header : {12U, 40U, 52U, 56U, 64U, 108U, 124U})
      for (const auto& [depth, hash] : expected)
        for (const std::size_t gap : {0U, 1U, 2U, 70U}) {
          // A copy: clang 14 captures no binding.
          const auto bits = depth;
          CAPTURE(header);
          CAPTURE(bits);
          CAPTURE(gap);
          const bool other_palette = header == 12 && bits <= 8;
          Bmp bmp;
          bmp.header = header;
          bmp.bits = bits;
          bmp.gap = gap;
          CHECK(picture(bmp) ==
                "7x3 " + (other_palette ? os2_expected.at(bits) : hash));
        }
  }

  TEST_CASE("fault 12: BMP with a palette beside 16, 24 and 32 bits") {
    for (const auto& [bits, hash] : std::map<std::uint32_t, std::string>{
             {16, "9dbf9269fe454e9cbcd6adf5c21fdaae"},
             {24, "5662d2e4832255e39809eb863b39dfdc"},
             {32, "906c8c975695a9271281c72a113c2c75"}})
      for (const std::uint32_t colours : {1U, 16U, 256U}) {
        Bmp bmp;
        bmp.bits = bits;
        bmp.beside = colours;
        CHECK(picture(bmp) == "7x3 " + hash);
      }
  }

  TEST_CASE("fault 12: run-length coded BMP") {
    for (const std::size_t header : {40U, 64U, 124U}) {
      Bmp bmp;
      bmp.header = header;
      bmp.bits = 8;
      bmp.compression = 1;
      bmp.pixels = test::run_lengths_8();
      CHECK(picture(bmp) == "7x3 4e453405c1c89ca95dbbb39f93c94fcd");
      bmp.bits = 4;
      bmp.compression = 2;
      bmp.pixels = test::run_lengths_4();
      CHECK(picture(bmp) == "7x3 e844179d52d5084d67f546141d2ee31f");
      bmp.top_down = true;
      CHECK(picture(bmp) == "7x3 40c95dfe8546ab61790bba478670c6e3");
    }
  }

  TEST_CASE("BMP: colour masks") {
    struct {
      std::uint32_t bits;
      std::array<std::uint32_t, 4> masks;
      std::string hash;
    } const cases[] = {
        {16, {0xf800, 0x7e0, 0x1f}, "f2407ca5307421a4355b082a4083b94d"},
        {16, {0x7c00, 0x3e0, 0x1f}, "9dbf9269fe454e9cbcd6adf5c21fdaae"},
        {24, {0xff0000, 0xff00, 0xff}, "5662d2e4832255e39809eb863b39dfdc"},
        {32, {0xff0000, 0xff00, 0xff}, "906c8c975695a9271281c72a113c2c75"},
        {32,
         {0xff000000, 0xff0000, 0xff00},
         "458e2e452b28d6e933cb7050b5a9ff2e"},
        {32,
         {0xff, 0xff00, 0xff0000, 0xff000000},
         "737756910baeed4ebcf892ef8cb4590d"},
    };
    for (const auto& [bits, masks, hash] : cases)
      for (const std::size_t header : {40U, 52U, 56U, 108U, 124U}) {
        CAPTURE(header);
        const std::string wanted = hash;
        CAPTURE(wanted);
        Bmp bmp;
        bmp.header = header;
        bmp.bits = bits;
        bmp.compression = 3;
        bmp.masks = masks;
        CHECK(picture(bmp) == "7x3 " + wanted);
      }
  }

  TEST_CASE("BMP: short palettes, rows from the top, no offset") {
    Bmp bmp;
    bmp.bits = 4;
    bmp.colours = 9;  // and pixels that have none
    CHECK(picture(bmp) == "7x3 e4c982038e716cf5ef7eedf18b9826c1");
    bmp.colours = 0;
    bmp.top_down = true;
    CHECK(picture(bmp) == "7x3 1c300f456d581d6e6bb674380ae9a5b4");
    bmp.says_where = false;
    CHECK(picture(bmp) == "7x3 1c300f456d581d6e6bb674380ae9a5b4");
  }

  // Pillow reads none of these.
  TEST_CASE("fault 12: BMP beyond Pillow") {
    const std::string palette("abc\0def\0ghi\0jkl\0", 16);
    CHECK(pixels(bmp_file(4, 1, 2, palette, std::string("\x1b\0\0\0", 4))) ==
          Bytes{'c', 'b', 'a', 'f', 'e', 'd', 'i', 'h', 'g', 'l', 'k', 'j'});
    Bmp bmp;
    bmp.width = 1;
    bmp.height = 1;
    bmp.bits = 32;
    bmp.compression = 3;
    bmp.masks = {0x3ff, 0xffc00, 0x3ff00000};  // 10 bits each
    bmp.pixels = test::little_endian(1023U | 512U << 10 | 4U << 20, 4);
    CHECK(pixels(bmp_bytes(bmp)) == Bytes{255, 127, 0});
  }

  TEST_CASE("fault 12: run lengths may leave out pixels and rows") {
    // Two rows of two: the lower one has one pixel, the upper one none.
    const auto file = [](const std::string& codes) {
      std::string result =
          bmp_file(2, 3, 8, std::string("abc\0def\0", 8), codes);
      result[30] = 1;  // compression
      result[46] = 2;  // colours
      return result;
    };
    const Bytes first = {'c', 'b', 'a', 'c', 'b', 'a'};
    const Bytes second = {'f', 'e', 'd', 'c', 'b', 'a'};
    const auto rows = [](std::vector<Bytes> from_top) {
      Bytes all;
      for (const Bytes& row : from_top)
        all.insert(all.end(), row.begin(), row.end());
      return all;
    };
    CHECK(pixels(file(std::string("\1\1\0\1", 4))) ==
          rows({first, first, second}));
    CHECK(pixels(file(std::string("\0\0\1\1\0\1", 6))) ==
          rows({first, second, first}));
    CHECK(pixels(file(std::string("\1\1\0\0\0\0\1\1\0\0\0\1", 12))) ==
          rows({second, first, second}));
    CHECK(reason(file(std::string("\1\1\0\0", 4))) == "truncated BMP");
    CHECK(reason(file(std::string("\1", 1))) == "truncated BMP");
    CHECK(reason(file(std::string("\0\2\1", 3))) == "truncated BMP");
    CHECK(reason(file(std::string("\0\5\1\1", 4))) == "truncated BMP");
  }

  TEST_CASE("fault 12: what is not read of BMP is called by its name") {
    const auto refusal = [](std::size_t header, std::uint32_t bits,
                            std::uint32_t compression) {
      Bmp bmp;
      bmp.header = header;
      bmp.bits = bits;
      bmp.compression = compression;
      return reason(bmp_bytes(bmp));
    };
    CHECK(refusal(40, 24, 4) == "BMP with a JPEG in it is not supported");
    CHECK(refusal(40, 24, 5) == "BMP with a PNG in it is not supported");
    CHECK(refusal(64, 1, 3) == "BMP with Huffman codes is not supported");
    CHECK(refusal(64, 24, 4) ==
          "BMP with run lengths of 24 bits is not supported");
    CHECK(refusal(40, 24, 11) == "BMP with compression 11 is not supported");
    CHECK(refusal(40, 64, 0) == "BMP of 64 bits a pixel is not supported");
    CHECK(refusal(16, 24, 0) ==
          "BMP with a header of 16 bytes is not supported");
    CHECK(refusal(40, 24, 1) ==
          "invalid BMP: compression 1 with 24 bits a pixel");
    Bmp bmp;
    bmp.bits = 16;
    bmp.compression = 3;
    bmp.masks = {0xf00f, 0xf0, 0xf00};
    CHECK(reason(bmp_bytes(bmp)) ==
          "BMP with a colour mask of scattered bits, f00f, is not supported");
  }

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
}
