// WebP: still pictures, the first frame of animations, and damage.
#include "image/decode.h"

#include "base/error.h"
#include "image/drawn_image.h"
#include "image/image_files.h"
#include "image/sha256_32.h"
#include "image/webp_files.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::drawn_image;
using test::extended_webp;
using test::golden_image;
using test::webp_chunk;
using test::webp_file;
using test::webp_frame;

std::string reason(const std::string& bytes, std::uint64_t limit = UINT64_MAX) {
  try {
    decode_image(bytes, "x.jpg", Reference::kTensorflow, limit);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string animation(std::uint32_t width, std::uint32_t height,
                      const std::string& frames) {
  constexpr unsigned kAnimation = 2;
  return extended_webp(width, height, kAnimation,
                       webp_chunk("ANIM", std::string(6, '\xff')) + frames);
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("WebP: a lossless picture gives its pixels") {
    const Image image = drawn_image(37, 21);
    const Image decoded = decode_image(webp_file(image), "x.jpg");
    CHECK(decoded.width == 37);
    CHECK(decoded.height == 21);
    CHECK(decoded.rgb == image.rgb);
  }

  TEST_CASE("WebP: a lossy picture gives Pillow's pixels") {
    const Image image = decode_image(golden_image("webp_named.jpg"), "");
    CHECK(image.width == 90);
    CHECK(image.height == 61);
    CHECK(test::sha256_32(image.rgb) == "0256bf168ac2d58d1dfc1f4aef779325");
  }

  TEST_CASE("WebP: alpha is dropped") {
    const Image image = drawn_image(9, 5);
    CHECK(decode_image(webp_file(image, 1), "").rgb == image.rgb);
  }

  TEST_CASE("WebP: the first frame of an animation, on its canvas") {
    const Image first = drawn_image(4, 2);
    const Image second = drawn_image(8, 6);
    const std::string frames =
        webp_frame(2, 4, first) + webp_frame(0, 0, second);
    const Image decoded = decode_image(animation(8, 6, frames), "");
    REQUIRE(decoded.width == second.width);
    REQUIRE(decoded.height == second.height);
    std::vector<std::uint8_t> expected(second.rgb.size());
    for (std::size_t y = 0; y < first.height; ++y)
      for (std::size_t i = 0; i < first.width * 3; ++i)
        expected[((y + 4) * second.width + 2) * 3 + i] =
            first.rgb[y * first.width * 3 + i];
    CHECK(decoded.rgb == expected);
  }

  TEST_CASE(
      "WebP: an animation without a frame, or one too large, is refused") {
    CHECK(reason(animation(8, 6, "")) == "invalid WebP: damaged animation");
    CHECK(reason(animation(8, 6, webp_frame(6, 0, drawn_image(4, 2)))) ==
          "invalid WebP: damaged animation");
  }

  TEST_CASE("WebP: no part of a file decodes") {
    for (const std::string& whole :
         {golden_image("webp_named.jpg"), webp_file(drawn_image(50, 50)),
          animation(8, 6, webp_frame(0, 0, drawn_image(8, 6)))}) {
      for (std::size_t size = 12; size < whole.size(); size += 7)
        CHECK(reason(whole.substr(0, size)) == "truncated WebP");
      CHECK(reason(whole.substr(0, whole.size() - 1)) == "truncated WebP");
      CHECK(reason(whole) == "no error");
    }
  }

  TEST_CASE("WebP: a picture that ends early in a whole file is an error") {
    for (const std::string& whole :
         {golden_image("webp_named.jpg"), webp_file(drawn_image(50, 50))}) {
      std::string cut = whole.substr(0, whole.size() / 2 & ~std::size_t{1});
      cut.replace(
          4, 4,
          test::little_endian(static_cast<std::uint32_t>(cut.size() - 8), 4));
      CHECK(reason(cut) == "invalid WebP: damaged picture");
    }
  }

  TEST_CASE("WebP: the header's claim is refused before anything is decoded") {
    CHECK(reason(extended_webp(
              16383, 16383, 0,
              test::webp_picture(webp_file(drawn_image(9, 9))))) ==
          "invalid WebP: damaged picture");
    CHECK(reason(animation(30000, 30000, "")) ==
          "header claims 30000x30000 pixels, more than the 500000000 that are "
          "allowed");
    // Lossless: the pixels, the same with alpha, and some rows.
    CHECK(reason(webp_file(drawn_image(3, 2)), 6 * (3 + 4) + 3 * 256 - 1) ==
          "needs 810 bytes of memory for 3 x 2 pixels");
  }
}
