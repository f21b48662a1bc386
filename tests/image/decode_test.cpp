#include "image/decode.h"

#include "base/error.h"
#include "image/gif_files.h"
#include "image/image_files.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::golden_image;

std::string reason(const std::string& bytes, const std::string& name = "x.jpg",
                   std::size_t limit = kMaxPixelBytes) {
  try {
    decode_image(bytes, name, Reference::kTensorflow, limit);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// A progressive JPEG that goes over its picture `scans` times.
std::string with_scans(const std::string& jpeg, std::size_t scans) {
  const std::size_t begin = jpeg.find("\xff\xda");
  constexpr std::size_t kScanHeader = 14;  // of three components
  const std::string scan = jpeg.substr(begin, kScanHeader);
  std::string result = jpeg.substr(0, begin);
  for (std::size_t i = 0; i < scans; ++i) result += scan;
  return result + "\xff\xd9";
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("no part of a JPEG decodes, only the whole") {
    for (const char* name : {"s444.jpg", "progressive.jpg", "restart.jpg"}) {
      CAPTURE(name);
      const std::string whole = golden_image(name);
      for (std::size_t size = 3; size < whole.size(); size += 211)
        CHECK(reason(whole.substr(0, size)) == "truncated JPEG");
      CHECK(reason(whole.substr(0, whole.size() - 1)) == "truncated JPEG");
      CHECK(reason(whole) == "no error");
    }
  }

  TEST_CASE("a corrupt scan decodes, as with the reference") {
    CHECK(reason(golden_image("corrupt_scan.jpg")) == "no error");
  }

  TEST_CASE("libjpeg's errors become the reason") {
    std::string bytes = golden_image("s444.jpg");
    const std::size_t tables = bytes.find("\xff\xc4");
    REQUIRE(tables != std::string::npos);
    bytes[tables + 4] = '\x7f';
    CHECK(reason(bytes) == "invalid JPEG: bogus DHT index 111");
  }

  TEST_CASE("a header of 20000x20000 is refused before decoding") {
    const std::string expected =
        "header claims 20000x20000 pixels, more than the 170666666 that are "
        "allowed";
    CHECK(reason(test::with_sides(golden_image("s444.jpg"), 20000, 20000)) ==
          expected);
    CHECK(reason(test::png_file(20000, 20000, 8, 2, "x")) == expected);
    CHECK(reason(test::bmp_file(20000, 20000, 24, "", "")) == expected);
    CHECK(reason("P6 20000 20000 255 ") == expected);
    test::GifFrame frame;
    frame.width = 20000;
    frame.height = 20000;
    CHECK(reason(test::gif_file(1, 1, "", {frame})) == expected);
    CHECK(reason(test::tga_file(20000, 20000, 10, ""), "x.tga") == expected);
  }

  TEST_CASE("the limit is on three bytes for each pixel") {
    const std::string bytes = golden_image("dim3x2.jpg");
    CHECK(reason(bytes, "", 18) == "no error");
    CHECK(reason(bytes, "", 17) ==
          "header claims 3x2 pixels, more than the 5 that are allowed");
  }

  TEST_CASE("a small file can't ask for passes without end") {
    const std::string large =
        test::with_sides(golden_image("progressive.jpg"), 2000, 2000);
    CHECK(reason(with_scans(large, 1001)) ==
          "JPEG of 1001 or more scans: 1000 are allowed at 2000x2000 pixels");
    CHECK(reason(with_scans(golden_image("progressive.jpg"), 1001)) ==
          "no error");
  }

  TEST_CASE("content decides and not the name") {
    for (const char* name : {"x.jpg", "x.png", "x.tga", "x", ""})
      CHECK(reason(golden_image("png_rgb8.jpg"), name) == "no error");
    CHECK(decode_image(golden_image("s444.jpg"), "x.tga").width == 173);
  }

  TEST_CASE("what is no image is named by its beginning") {
    CHECK(reason("") == "empty file");
    CHECK(reason("<!DOCTYPE html><html>") ==
          "not an image: starts with <!DOCTYPE");
    CHECK(reason("Not found\n") == "not an image: starts with Not");
    CHECK(reason(std::string("\0\1\2\3\4", 5)) ==
          "not an image: starts with bytes 00 01 02 03");
    CHECK(reason("\xff") == "not an image: starts with bytes ff");
  }

  TEST_CASE("formats that can't be read are called by their names") {
    CHECK(reason(std::string("\0\0\0\x18", 4) + "ftypheic") ==
          "HEIC is not supported");
    CHECK(reason(std::string("\0\0\0\x18", 4) + "ftypavif") ==
          "AVIF is not supported");
    CHECK(reason(std::string("II*\0\x08", 5)) == "TIFF is not supported");
  }

  TEST_CASE("PNM: values are scaled by the file's largest") {
    CHECK(decode_image("P6\n# a comment\n2 1\n255\nabcdef", "").rgb ==
          std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'});
    CHECK(decode_image("P5 2 1 10 " + std::string("\x05\x0f", 2), "").rgb ==
          std::vector<std::uint8_t>{128, 128, 128, 255, 255, 255});
    CHECK(decode_image("P5 1 1 65535 " + std::string("\x80\x00", 2), "").rgb ==
          std::vector<std::uint8_t>{128, 128, 128});
  }

  TEST_CASE("PNM: what is missing or wrong is an error") {
    CHECK(reason("P6 2 2 255 abc") == "truncated PNM: 3 of 12 bytes of pixels");
    CHECK(reason("P6 2 ") == "truncated PNM");
    CHECK(reason("P6 2 x") == "invalid PNM: header has no number");
    CHECK(reason("P5 1 1 0 a") ==
          "invalid PNM: largest value 0 is not in 1..65535");
    CHECK(reason("P5 0 1 255 a") == "an image of 0x1 has no pixels");
    CHECK(reason("P5 99999999999999999999 1 255 a") ==
          "invalid PNM: a number of 9999999999 or more");
    CHECK(reason("P3 1 1 255 1 2 3") ==
          "only binary PGM and PPM are supported, not P3");
  }
}
