#include "view/picture.h"

#include "base/error.h"
#include "image/decode.h"
#include "image/image_files.h"
#include "support/temp_dir.h"
#include "view/canvas.h"

#include <doctest/doctest.h>

#include <string>

using namespace imsearch;

namespace {

std::string ppm(std::size_t width, std::size_t height) {
  return "P6\n" + std::to_string(width) + " " + std::to_string(height) +
         "\n255\n" + std::string(width * height * 3, '\x80');
}

}  // namespace

TEST_SUITE("view") {
  TEST_CASE("a thumbnail fits its square, and says what the file is") {
    const test::TempDir dir;
    const Thumbnail wide =
        make_thumbnail(dir.write("w.ppm", ppm(600, 300)), 200);
    CHECK(wide.shown_width == 200);
    CHECK(wide.shown_height == 100);
    CHECK(wide.width == 600);
    CHECK(wide.height == 300);
    const Image image = decode_image(wide.jpeg, "thumbnail");
    CHECK(image.width == 200);
    CHECK(image.height == 100);
    const Thumbnail line =
        make_thumbnail(dir.write("l.ppm", ppm(3000, 1)), 200);
    CHECK(line.shown_height == 1);
    const Thumbnail small = make_thumbnail(dir.write("s.ppm", ppm(7, 5)), 200);
    CHECK(small.shown_width == 7);
    CHECK(small.jpeg.size() < 2000);
  }

  TEST_CASE("a picture for people stands upright") {
    const test::TempDir dir;
    constexpr int kTurnRight = 6;
    const std::string lying = dir.write(
        "lying.jpg",
        test::jpeg_with_exif(to_jpeg(make_canvas(40, 20, {200, 30, 30})),
                             test::exif_block(kTurnRight)));
    const Picture picture = load_picture(lying, 100, SmallPictures::kEnlarged);
    CHECK(picture.width == 20);
    CHECK(picture.height == 40);
    CHECK(picture.pixels.width == 50);
    CHECK(picture.pixels.height == 100);
  }

  TEST_CASE("what is gone or no image is an error") {
    const test::TempDir dir;
    CHECK_THROWS_AS(make_thumbnail(dir / "none.jpg", 100), Error);
    CHECK_THROWS_AS(make_thumbnail(dir.write("t.jpg", "text"), 100), Error);
  }
}
