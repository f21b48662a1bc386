#include "image/preprocess.h"

#include "base/error.h"
#include "image/drawn_image.h"
#include "image/resize.h"
#include "image/sha256_32.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::drawn_image;

Preprocessing torchvision(std::size_t resize_to, std::size_t input_size) {
  Preprocessing preprocessing;
  preprocessing.resize = Preprocessing::Resize::kCropPillow;
  preprocessing.scale = Preprocessing::Scale::kMeanStd;
  preprocessing.resize_to = resize_to;
  preprocessing.input_size = input_size;
  return preprocessing;
}

std::vector<float> preprocessed(const Image& image,
                                const Preprocessing& preprocessing) {
  std::vector<float> out(preprocessing.input_floats());
  preprocess(image, preprocessing, out.data());
  return out;
}

struct Case {
  std::size_t width, height, resize_to, input_size;
  const char* hash;
};

// By Pillow 9.4.0 and numpy in float32: resize the shorter side, crop the
// centre, (x / 255 - mean) / std. Margins that are odd round to even, both
// ways.
constexpr Case kPillow[] = {
    {301, 198, 256, 224, "161189661881b4ea9914f1f35b4a8bc8"},
    {160, 243, 232, 224, "3b76ccc5d88a80538fefdb7291e7e1e7"},
    {90, 61, 256, 224, "1ac0b8886bedc55728b40805e3af06eb"},
    {50, 50, 256, 224, "10d8d90ae1c4b5a6d80b0cac31f2fd8f"},
    {61, 200, 73, 32, "2809793bd828e7b3e65305a48df62287"},
};

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("torchvision's preprocessing is met to the bit") {
    for (const Case& c : kPillow) {
      CAPTURE(c.width);
      CAPTURE(c.height);
      const auto values = preprocessed(drawn_image(c.width, c.height),
                                       torchvision(c.resize_to, c.input_size));
      CHECK(test::sha256_32(values) == c.hash);
    }
  }

  TEST_CASE("a line of pixels is cropped without enlarging all of it") {
    const auto values =
        preprocessed(drawn_image(1, 65000), torchvision(256, 8));
    CHECK(values.size() == 8 * 8 * 3);
  }

  TEST_CASE("TensorFlow's preprocessing ends at -1 and 1") {
    const Image image{2, 1, {0, 0, 0, 255, 255, 255}};
    Preprocessing preprocessing;
    preprocessing.input_size = 2;
    const auto values = preprocessed(image, preprocessing);
    REQUIRE(values.size() == 12);
    CHECK(values.front() == -1.0F);
    CHECK(values.back() == 1.0F);
  }

  TEST_CASE("a picture is squashed as Pillow does it, and scaled by any mean") {
    Preprocessing preprocessing;
    preprocessing.resize = Preprocessing::Resize::kSquashPillow;
    preprocessing.scale = Preprocessing::Scale::kMeanStd;
    preprocessing.mean = {0.5F, 0.25F, 0.0F};
    preprocessing.deviation = {0.5F, 0.25F, 2.0F};
    preprocessing.input_size = 48;
    const Image image = drawn_image(301, 198);
    const auto values = preprocessed(image, preprocessing);
    const Image square = resize_pillow(image, 48, 48);
    REQUIRE(values.size() == square.rgb.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t c = i % 3;
      CHECK(values[i] == (static_cast<float>(square.rgb[i]) / 255.0F -
                          preprocessing.mean[c]) /
                             preprocessing.deviation[c]);
    }
  }

  TEST_CASE("a crop larger than the resized picture is an error") {
    CHECK_THROWS_WITH_AS(preprocessed(drawn_image(9, 9), torchvision(200, 224)),
                         "preprocessing crops 224 pixels from a side of 200",
                         Error);
  }
}
