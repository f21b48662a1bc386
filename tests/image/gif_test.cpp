// GIF: the first frame, on the canvas that TensorFlow gives it.
//
// The pixels expected of whole files are what TensorFlow 2.21's
// tf.io.decode_image(…, channels=3, expand_animations=False) gave for these
// very files; where there is one frame, its decode_jpeg gives the same.
#include "image/gif_files.h"

#include "base/error.h"
#include "image/decode.h"
#include "image/image_files.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::gif_file;
using test::GifFrame;
using test::golden_image;
using test::little_endian;

using Bytes = std::vector<std::uint8_t>;

// Red, green, blue, white, of some shades.
const std::string kPalette("\xe1\2\3\4\xc5\6\7\x08\xa9\xfa\xfb\xfc", 12);

std::string reason(const std::string& bytes) {
  try {
    decode_image(bytes, "x.jpg");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// A letter for each pixel, "." for black, "/" between rows.
std::string picture(const std::string& bytes) {
  const Image image = decode_image(bytes, "x.jpg");
  std::string result;
  for (std::size_t i = 0; i < image.width * image.height; ++i) {
    if (i > 0 && i % image.width == 0) result += "/";
    const std::uint8_t* rgb = &image.rgb[i * 3];
    const Bytes colour(rgb, rgb + 3);
    if (colour == Bytes{0xe1, 2, 3}) result += "r";
    if (colour == Bytes{4, 0xc5, 6}) result += "g";
    if (colour == Bytes{7, 8, 0xa9}) result += "b";
    if (colour == Bytes{0xfa, 0xfb, 0xfc}) result += "w";
    if (colour == Bytes{0, 0, 0}) result += ".";
  }
  return result;
}

GifFrame frame(std::uint32_t left, std::uint32_t top, std::uint32_t width,
               std::uint32_t height, const std::string& letters) {
  GifFrame result;
  result.left = left;
  result.top = top;
  result.width = width;
  result.height = height;
  for (const char letter : letters)
    result.indices += static_cast<char>(std::string("rgbw").find(letter));
  return result;
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("fault 8: a GIF's canvas is that of its largest frame") {
    const GifFrame two = frame(0, 0, 2, 2, "rgbw");
    CHECK(picture(gif_file(2, 2, kPalette, {two})) == "rg/bw");
    CHECK(picture(gif_file(5, 4, kPalette, {two})) == "rg/bw");
    CHECK(picture(gif_file(1, 1, kPalette, {two})) == "rg/bw");
    CHECK(picture(gif_file(9, 9, kPalette,
                           {two, frame(3, 3, 3, 1, "rrr"),
                            frame(0, 0, 1, 3, "www")})) == "rg./bw./...");
  }

  TEST_CASE("fault 8: a GIF's first frame is cut off at its canvas") {
    CHECK(picture(gif_file(9, 9, kPalette, {frame(1, 0, 2, 2, "rgbw")})) ==
          ".r/.b");
    CHECK(picture(gif_file(9, 9, kPalette, {frame(0, 1, 2, 2, "rgbw")})) ==
          "../rg");
    CHECK(picture(gif_file(9, 9, kPalette, {frame(7, 8, 2, 2, "rgbw")})) ==
          "../..");
    CHECK(picture(gif_file(9, 9, kPalette,
                           {frame(1, 1, 2, 2, "rgbw"),
                            frame(0, 0, 4, 3, "rrrrrrrrrrrr")})) ==
          "..../.rg./.bw.");
  }

  TEST_CASE("fault 8: a GIF's transparent pixels are black") {
    GifFrame first = frame(0, 0, 2, 2, "rgbw");
    first.transparent = 1;
    CHECK(picture(gif_file(2, 2, kPalette, {first})) == "r./bw");
    // That of a later frame does not concern the first one's.
    GifFrame second = frame(0, 0, 2, 2, "rgbw");
    second.transparent = 0;
    CHECK(picture(gif_file(2, 2, kPalette, {first, second})) == "r./bw");
  }

  TEST_CASE("GIF: a frame's own palette, and rows out of order") {
    GifFrame first = frame(0, 0, 1, 9, "rgbwrgbww");
    first.interlaced = true;
    CHECK(picture(gif_file(1, 9, kPalette, {first})) == "r/g/w/b/b/w/r/w/g");
    first = frame(0, 0, 2, 1, "rg");
    first.palette = kPalette.substr(6) + kPalette.substr(0, 6);
    CHECK(picture(gif_file(2, 1, kPalette, {first})) == "bw");
    CHECK(picture(gif_file(2, 1, "", {first})) == "bw");
  }

  TEST_CASE("GIF: a frame that is not whole does not count, nor what follows") {
    const GifFrame first = frame(0, 0, 1, 1, "r");
    const GifFrame damaged = frame(0, 0, 2, 1, "r");
    const GifFrame larger = frame(0, 0, 1, 3, "rgb");
    CHECK(picture(gif_file(1, 1, kPalette, {first, larger})) == "r/./.");
    CHECK(picture(gif_file(1, 1, kPalette, {first, damaged, larger})) == "r");
    CHECK(picture(gif_file(1, 1, kPalette, {first, larger, damaged})) ==
          "r/./.");
    const std::string whole = gif_file(1, 1, kPalette, {first, larger});
    CHECK(picture(whole.substr(0, whole.size() - 1)) == "r/./.");
    CHECK(picture(whole.substr(0, whole.size() - 2)) == "r");
    CHECK(picture(whole.substr(0, whole.size() - 9)) == "r");
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
    const std::string file = "GIF89a" + little_endian(1, 2) +
                             little_endian(1, 2) + std::string(3, '\0');
    CHECK(reason(file + ";") == "invalid GIF: no picture in it");
  }

  TEST_CASE("GIF: damage in the first frame is an error") {
    CHECK(reason(gif_file(1, 1, "", {frame(0, 0, 1, 1, "r")})) ==
          "invalid GIF: no palette");
    CHECK(reason(gif_file(2, 1, kPalette, {frame(0, 0, 2, 1, "r")})) ==
          "invalid GIF: damaged picture");
    CHECK(reason(gif_file(2, 1, kPalette, {frame(0, 0, 0, 1, "")})) ==
          "an image of 0x1 has no pixels");
    std::string file = gif_file(1, 1, kPalette, {frame(0, 0, 1, 1, "w")});
    file[10] = '\x80';  // a palette of 2, and not 4: the frame begins earlier
    CHECK(reason(file.erase(13, 6)) ==
          "invalid GIF: colour 3 of a palette of 2");
  }

  TEST_CASE("GIF: a later frame's large claim costs nothing") {
    const std::string file =
        gif_file(1, 1, kPalette,
                 {frame(0, 0, 1, 1, "r"), frame(0, 0, 65535, 65535, "r")});
    CHECK(picture(file) == "r");
  }
}
