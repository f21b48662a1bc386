#include "image/decode.h"

#include "base/error.h"
#include "image/gif_files.h"
#include "image/image_files.h"
#include "support/sanitized.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <new>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::golden_image;
using test::kSanitized;

std::string reason(const std::string& bytes, const std::string& name = "x.jpg",
                   std::uint64_t limit = UINT64_MAX) {
  try {
    decode_image(bytes, name, Reference::kTensorflow, limit);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// Whether decoding throws std::bad_alloc where 16 MB are left. In a process of
/// its own.
bool lacks_memory(const std::string& bytes) {
  std::uint64_t data_kb = 0;
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;)
    if (key == "VmData:") status >> data_kb;
  const rlimit limit = {(data_kb + 16 * 1024) * 1024, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) return false;
  try {
    decode_image(bytes, "");
  } catch (const std::bad_alloc&) {
    return true;
  } catch (const Error&) {
  }
  return false;
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

  TEST_CASE("a header of 30000x30000 is refused before decoding") {
    const std::string expected =
        "header claims 30000x30000 pixels, more than the 500000000 that are "
        "allowed";
    CHECK(reason(test::with_sides(golden_image("s444.jpg"), 30000, 30000)) ==
          expected);
    CHECK(reason(test::png_file(30000, 30000, 8, 2, "x")) == expected);
    CHECK(reason(test::bmp_file(30000, 30000, 24, "", "")) == expected);
    CHECK(reason("P6 30000 30000 255 ") == expected);
    test::GifFrame frame;
    frame.width = 30000;
    frame.height = 30000;
    CHECK(reason(test::gif_file(1, 1, "", {frame})) == expected);
    CHECK(reason(test::tga_file(30000, 30000, 10, ""), "x.tga") == expected);
  }

  TEST_CASE("fault 10: a picture tells the memory it needs before decoding") {
    const auto needed = [](const std::string& bytes, const char* name) {
      try {
        decode_image(bytes, name, Reference::kTensorflow, 0);
      } catch (const NeedsMemory& e) {
        CHECK(e.width == 40);
        CHECK(e.height == 30);
        CHECK(reason(bytes, name, e.bytes - 1) == e.what());
        // It is enough: what comes then is another matter.
        CHECK(reason(bytes, name, e.bytes) != e.what());
        return e.bytes;
      }
      return std::uint64_t{0};
    };
    constexpr std::uint64_t kPixels = 40 * 30;
    constexpr std::uint64_t kRows = 256 * 40;  // some rows, for any codec
    const auto jpeg = [](const char* name) {
      return test::with_sides(golden_image(name), 40, 30);
    };
    CHECK(needed(jpeg("s444.jpg"), "") == 3 * kPixels + kRows);
    // The coefficients of three whole channels, of two bytes each.
    CHECK(needed(jpeg("progressive.jpg"), "") >=
          (3 + 2 * 3 / 2) * kPixels + kRows);
    CHECK(needed(test::png_file(40, 30, 8, 2, "x"), "") ==
          3 * kPixels + 32 * 40);
    CHECK(needed(test::bmp_file(40, 30, 24, "", ""), "") == 3 * kPixels);
    CHECK(needed("P6 40 30 255 ", "") == 3 * kPixels);
    CHECK(needed(test::tga_file(40, 30, 10, ""), "x.tga") == 3 * kPixels);
  }

  TEST_CASE("fault 10: a lack of memory is not the picture's fault" *
            doctest::skip(kSanitized)) {
    // libjpeg's coefficients of 4000 x 4000 pixels, 16 MB more than there is.
    const std::string progressive =
        test::with_sides(golden_image("progressive.jpg"), 4000, 4000);
    const std::string png = test::png_file(40'000'000, 1, 8, 2, "x");
    for (const std::string& bytes : {progressive, png}) {
      CAPTURE(bytes.substr(0, 4));
      const pid_t child = ::fork();
      if (child == 0) ::_exit(lacks_memory(bytes) ? 0 : 1);
      int status = 0;
      ::waitpid(child, &status, 0);
      CHECK(status == 0);
    }
  }

  TEST_CASE("a small file can't ask for passes without end") {
    const std::string large =
        test::with_sides(golden_image("progressive.jpg"), 2000, 2000);
    CHECK(reason(with_scans(large, 1251)) ==
          "JPEG of 1251 or more scans: 1250 are allowed at 2000x2000 pixels");
    CHECK(reason(with_scans(golden_image("progressive.jpg"), 1251)) ==
          "no error");
  }

  TEST_CASE("content decides and not the name") {
    for (const char* name : {"x.jpg", "x.png", "x.tga", "x", ""})
      CHECK(reason(golden_image("png_rgb8.jpg"), name) == "no error");
    CHECK(decode_image(golden_image("s444.jpg"), "x.tga").width == 173);
  }

  TEST_CASE("what is not an image is named by its beginning") {
    CHECK(reason("") == "empty file");
    CHECK(reason("<!DOCTYPE html><html>") ==
          "not an image: starts with <!DOCTYPE");
    CHECK(reason("Not found\n") == "not an image: starts with Not");
    CHECK(reason(std::string("\0\1\2\3\4", 5)) ==
          "not an image: starts with bytes 00 01 02 03");
    CHECK(reason("\xff") == "not an image: starts with bytes ff");
  }

  TEST_CASE("formats that can't be read are called by their names") {
    CHECK(reason(std::string("\0\0\0\x0c", 4) + "jP  \r\n\x87\n") ==
          "JPEG 2000 is not supported");
    CHECK(reason("8BPS") == "PSD is not supported");
    CHECK(reason("qoif") == "QOI is not supported");
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
