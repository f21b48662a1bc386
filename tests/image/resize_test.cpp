#include "image/resize.h"

#include "image/drawn_image.h"
#include "image/sha256_32.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::drawn_image;

struct Case {
  std::size_t width, height, to_width, to_height;
  const char* hash;
};

// The hash of Pillow 9.4.0's Image.fromarray(drawn).resize((to_width,
// to_height), Image.BILINEAR).
constexpr Case kPillow[] = {
    {37, 23, 16, 9, "512bbd325cb7401c929a3da4e798c9e7"},
    {5, 7, 64, 48, "2de53781842615efe2143731386521ea"},
    {300, 2, 7, 5, "761b92e8ac50ecc42165f0a8eb13608e"},
    {1, 1, 3, 2, "144e5ed1c71e159e9dc1137120360b01"},
    {223, 225, 224, 224, "9a770b84a49c0a024629f36cea782c48"},
    {640, 480, 341, 256, "af1d9ef6271b4772055ca738ce32cf10"},
    {97, 41, 97, 20, "1fdc1d26b60ec5c192e80fe4ae76b792"},
    {2, 500, 2, 33, "7e3961221d7b18be88e036a53ccefadd"},
};

std::vector<float> resized(const Image& image, std::size_t height,
                           std::size_t width) {
  std::vector<float> out(height * width * 3, -1.0F);
  resize_tensorflow(image, height, width, out.data());
  return out;
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("Pillow's resize is met to the bit") {
    for (const Case& c : kPillow) {
      CAPTURE(c.width);
      CAPTURE(c.height);
      const Image image = resize_pillow(drawn_image(c.width, c.height),
                                        c.to_height, c.to_width);
      CHECK(image.width == c.to_width);
      CHECK(image.height == c.to_height);
      CHECK(test::sha256_32(image.rgb) == c.hash);
    }
  }

  TEST_CASE("a window of Pillow's resize is a part of the whole") {
    const Image image = drawn_image(61, 47);
    const Image whole = resize_pillow(image, 90, 33);
    const Window window{17, 5, 40, 21};
    const Image part = resize_pillow(image, 90, 33, window);
    REQUIRE(part.rgb.size() == 40 * 21 * 3);
    for (std::size_t y = 0; y < 40; ++y)
      for (std::size_t i = 0; i < std::size_t{21} * 3; ++i)
        REQUIRE(part.rgb[y * 21 * 3 + i] ==
                whole.rgb[((y + 17) * 33 + 5) * 3 + i]);
  }

  TEST_CASE("a window of a huge enlargement costs little") {
    constexpr std::size_t kLength = 60000;
    const Image line = drawn_image(kLength, 1);
    const Window middle{16, 128 * kLength, 224, 224};
    const Image part = resize_pillow(line, 256, 256 * kLength, middle);
    CHECK(part.rgb.size() == 224 * 224 * 3);
  }

  TEST_CASE("resizing to the same size changes nothing") {
    const Image image = drawn_image(31, 17);
    CHECK(resize_pillow(image, 17, 31).rgb == image.rgb);
    const std::vector<float> same = resized(image, 17, 31);
    CHECK(same == std::vector<float>(image.rgb.begin(), image.rgb.end()));
  }

  // Half-pixel centres: outputs 0..3 of two inputs lie at -0.25, 0.25, 0.75
  // and 1.25.
  TEST_CASE("TensorFlow's resize interpolates between pixel centres") {
    const Image image{2, 1, {0, 100, 200, 100, 0, 200}};
    const std::vector<float> expected = {0,  100, 200, 25,  75, 200,
                                         75, 25,  200, 100, 0,  200};
    CHECK(resized(image, 1, 4) == expected);
  }

  // No antialiasing: of eight inputs a half-size output sees each pair, but a
  // quarter-size output only the middle two of four.
  TEST_CASE("TensorFlow's resize skips pixels when it shrinks much") {
    Image image{8, 1, std::vector<std::uint8_t>(24, 0)};
    for (std::size_t c = 0; c < 3; ++c) image.rgb[c] = 255;
    const std::vector<float> half = resized(image, 1, 4);
    CHECK(half[0] == 127.5F);
    const std::vector<float> quarter = resized(image, 1, 2);
    CHECK(quarter[0] == 0.0F);
  }

  TEST_CASE("one pixel fills any size") {
    const Image pixel{1, 1, {9, 8, 7}};
    for (const float value : resized(pixel, 5, 3)) CHECK(value >= 7.0F);
    const std::vector<float> filled = resized(pixel, 5, 3);
    CHECK(filled.front() == 9.0F);
    CHECK(filled.back() == 7.0F);
  }
}
