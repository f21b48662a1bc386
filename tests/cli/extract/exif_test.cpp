// --exif: a photo held another way gives the row of the upright one, and the
// way of extracting goes with the vectors.
#include "cli/extract/files.h"

#include "image/decode.h"
#include "image/drawn_image.h"
#include "image/image_files.h"
#include "image/stored_picture.h"
#include "image/webp_files.h"
#include "io/file.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

std::string ppm_file(const Image& image) {
  return fmt::format("P6 {} {} 255\n", image.width, image.height) +
         std::string(image.rgb.begin(), image.rgb.end());
}

std::string png_with_exif(const Image& image, const std::string& block) {
  std::string rows;
  const std::size_t row = image.width * 3;
  for (std::size_t y = 0; y < image.height; ++y)
    rows += '\0' +
            std::string(image.rgb.begin() + static_cast<long>(y * row),
                        image.rgb.begin() + static_cast<long>((y + 1) * row));
  return png_file(static_cast<std::uint32_t>(image.width),
                  static_cast<std::uint32_t>(image.height), 8, 2,
                  zlib_stored(rows), png_chunk("eXIf", block));
}

std::string webp_with_exif(const Image& image, const std::string& block) {
  constexpr unsigned kExif = 8;
  return extended_webp(
      static_cast<std::uint32_t>(image.width),
      static_cast<std::uint32_t>(image.height), kExif,
      webp_picture(webp_file(image)) + webp_chunk("EXIF", block));
}

/// The rows of all images of a pattern; each run's files have the name `to`.
Lines extracted(const TempDir& dir, const std::string& pattern,
                const std::string& to, const Lines& options = {}) {
  Lines arguments = {pattern, "-q", "-o", to, "-n", to + ".txt"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const RunResult result = extract_in(dir, arguments);
  INFO(result.err);
  REQUIRE(result.status == 0);
  return rows_of(dir / to);
}

RunResult run_in(const TempDir& dir, const Lines& arguments) {
  return run(arguments, demo_in(dir));
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("--exif: PNG and WebP of all orientations give the upright row") {
    const TempDir dir;
    const Image upright = drawn_image(60, 40);
    dir.write("upright.ppm", ppm_file(upright));
    for (int o = 1; o <= 8; ++o) {
      const Image stored = stored_picture(upright, o);
      dir.write(fmt::format("turned{}.png", o),
                png_with_exif(stored, exif_block(o, o % 2 == 0)));
      dir.write(fmt::format("turned{}.webp", o),
                webp_with_exif(stored, exif_block(o, o % 2 != 0)));
    }
    const std::string expected = extracted(dir, "upright.ppm", "upright")[0];
    CHECK(extracted(dir, "turned*", "exif", {"--exif"}) == Lines(16, expected));
    const Lines ignored = extracted(dir, "turned*", "plain");
    REQUIRE(ignored.size() == 16);
    for (std::size_t i = 0; i < 16; ++i)
      CHECK((ignored[i] == expected) == (i < 2));  // orientation 1, both kinds
  }

  TEST_CASE("--exif: a JPEG gives the row of its turned pixels") {
    const TempDir dir;
    const std::string jpeg = golden_image("plain_b.jpg");
    // The demonstration weights decode as TensorFlow.
    const Image pixels = decode_image(jpeg, "", Reference::kTensorflow);
    // Turning a JPEG that says o undoes what stored_picture() does for o, which
    // is what it does for `undoes[o]`.
    constexpr int kUndoes[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    for (int o = 1; o <= 8; ++o) {
      dir.write(fmt::format("{}.jpg", o),
                jpeg_with_exif(jpeg, exif_block(o, o > 4)));
      dir.write(fmt::format("{}.ppm", o),
                ppm_file(stored_picture(pixels, kUndoes[o])));
    }
    CHECK(extracted(dir, "*.jpg", "exif", {"--exif"}) ==
          extracted(dir, "*.ppm", "turned"));
    CHECK(extracted(dir, "*.jpg", "plain") ==
          Lines(8, extracted(dir, "1.ppm", "one")[0]));
  }

  TEST_CASE("--exif: a broken block is passed over") {
    const TempDir dir;
    const std::string jpeg = golden_image("plain_b.jpg");
    dir.write("1.jpg", jpeg);
    dir.write("2.jpg", jpeg_with_exif(jpeg, exif_block(6).substr(0, 20)));
    dir.write("3.jpg", jpeg_with_exif(jpeg, exif_block(77)));
    const Lines rows = extracted(dir, "*.jpg", "rows", {"--exif"});
    CHECK(rows == Lines(3, rows[0]));
  }

  TEST_CASE("--exif is recorded, not mixed, and followed by query") {
    const TempDir dir;
    for (int i = 0; i < 4; ++i)
      dir.write(fmt::format("p{}.jpg", i),
                jpeg_with_exif(golden_image("plain_b.jpg"), exif_block(i + 3)));
    extracted(dir, "p*.jpg", "turned", {"--exif"});
    extracted(dir, "p*.jpg", "plain");
    CHECK(read_sidecar(dir / "turned")->model.exif);
    CHECK_FALSE(read_sidecar(dir / "plain")->model.exif);
    CHECK_FALSE(contains(read_file(dir / "plain.json"), "exif"));

    const RunResult mixed =
        run_in(dir, {"build-index", "turned", "plain", "-n", "turned.txt", "-n",
                     "plain.txt", "-o", "index"});
    CHECK(mixed.status == 1);
    CHECK(contains(mixed.err, "plain.json: made by "));
    CHECK(contains(mixed.err, ", images turned by EXIF: one index holds"));

    REQUIRE(run_in(dir, {"build-index", "-q", "turned", "-n", "turned.txt",
                         "-o", "index"})
                .status == 0);
    const RunResult query = run_in(
        dir, {"query", "--self", "-i", "index", "-k", "1", "p1.jpg", "p3.jpg"});
    INFO(query.err);
    CHECK(query.status == 0);
    CHECK(query.err.empty());
    CHECK(query.out ==
          "p1.jpg\t1\t1.000000\tp1.jpg\np3.jpg\t1\t1.000000\tp3.jpg\n");
  }
}
