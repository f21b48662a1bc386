// What TensorFlow 2.21 makes of the images in tests/golden, to the bit:
// tf.io.decode_jpeg(channels=3), tf.image.resize to 224x224, and MobileNetV2's
// preprocess_input. tests/golden/README.md tells how they were made.
#include "image/decode.h"
#include "image/image_files.h"
#include "image/pixel_hashes.h"
#include "image/sha256_32.h"

#include "base/error.h"
#include "io/file.h"
#include "support/run.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using test::sha256_32;

struct Line {
  std::string name, size, rgb, resized, input;
};

std::vector<Line> read_lines() {
  std::istringstream table(
      read_file(test::source_path("tests/golden/images.tsv")));
  std::string text;
  std::getline(table, text);  // the columns' names
  std::vector<Line> lines;
  while (std::getline(table, text)) {
    std::istringstream fields(text);
    Line line;
    fields >> line.name >> line.size >> line.rgb >> line.resized >> line.input;
    lines.push_back(line);
  }
  return lines;
}

// TensorFlow's decode_jpeg refuses these; we read them.
const std::set<std::string> kExtras = {"bmp.jpg", "gif_two_frames.jpg",
                                       "webp_named.jpg"};

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("pixels are TensorFlow's after each step, for every golden image") {
    std::size_t compared = 0;
    for (const Line& line : read_lines()) {
      if (line.size == "error") continue;
      CAPTURE(line.name);
      const test::PixelHashes ours = test::hash_pixels(
          test::golden_image(line.name), line.name, Preprocessing{});
      CHECK(ours.size == line.size);
      CHECK(ours.rgb == line.rgb);
      CHECK(ours.resized == line.resized);
      CHECK(ours.input == line.input);
      ++compared;
    }
    CHECK(compared == 42);
  }

  TEST_CASE("what TensorFlow refuses is an error, but for formats we add") {
    std::size_t refused = 0;
    for (const Line& line : read_lines()) {
      if (line.size != "error" || kExtras.count(line.name) != 0) continue;
      CAPTURE(line.name);
      CHECK_THROWS_AS(decode_image(test::golden_image(line.name), line.name),
                      Error);
      ++refused;
    }
    CHECK(refused == 6);
  }

  // Pillow 9.4.0: Image.open(NAME).convert("RGB").
  TEST_CASE("pixels for Pillow's variant are Pillow's, CMYK too") {
    const std::array<std::array<std::string, 2>, 10> pillow = {{
        {"q98.jpg", "36364399035f9f49008398bd5265a389"},
        {"plain_a.jpg", "cd4f8b3dbef07b2e87ab9a88c8948210"},
        {"progressive.jpg", "08617664d44d65ad8a04e2e2df0e34dd"},
        {"s420_odd.jpg", "4698e63c62617cf71794bc716bc60fd4"},
        {"grey.jpg", "d59a08eedd81cce2a7b898f094f9b71a"},
        {"rgb_adobe0.jpg", "a1cf8ec3fb3ab253246f7ecb71a634d5"},
        {"cmyk_no_adobe.jpg", "2aba0864f5eb9b7ffedfcc245aebd7f1"},
        {"cmyk_pillow.jpg", "55156a3785af0db3fc43ef103e6c3452"},
        {"ycck.jpg", "b360a11a47b8b55288d7fa30635bbfa6"},
        {"ycck_imagemagick.jpg", "43eefa1c24ecd27a4ab139825d429f35"},
    }};
    for (const auto& line : pillow) {
      CAPTURE(line[0]);
      const Image image = decode_image(test::golden_image(line[0]), line[0],
                                       Reference::kPillow);
      CHECK(sha256_32(image.rgb) == line[1]);
    }
  }
}
