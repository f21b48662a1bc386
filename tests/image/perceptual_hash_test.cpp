// Hashes against another implementation: numpy averages the cells by matrices
// of shares, scipy.fft.dctn transforms them in double, and Pillow's transpose
// turns the pixels, where ours derives the hash of a turned picture from bits.
#include "image/perceptual_hash.h"

#include "image/exif.h"
#include "image/image_files.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace {

using namespace imsearch;

/// A picture that numpy can draw, too.
Image picture(std::size_t width, std::size_t height) {
  Image image{width, height, {}};
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (const std::size_t value :
           {x * 255 / width, (x * x + y * y) / 50 % 256, (x ^ y) * 3 % 256})
        image.rgb.push_back(static_cast<std::uint8_t>(value));
  return image;
}

Image grey(std::size_t width, std::size_t height, std::uint8_t level) {
  return {width, height, std::vector<std::uint8_t>(width * height * 3, level)};
}

struct Golden {
  std::size_t width;
  std::size_t height;
  std::array<std::uint64_t, 8> hashes;  // by orientation, from 1
};

// No coefficient that decides a bit is nearer to 0 than 0.1 (orthonormal).
const std::vector<Golden> kGolden = {
    {33,
     47,
     {0x5e5fa17664a95454, 0xf4f50bdcce03fefe, 0x0bf5f4dc310301fe,
      0xa15f5e769ba9ab54, 0x24db3cd3c4dbd064, 0x8e7196796e717ace,
      0x71716979917185ce, 0xdbdbc3d33bdb2f64}},
    {100,
     75,
     {0xac71a48a54ab54a5, 0x06db0e20fe01fe0f, 0xf9dbf1200101010f,
      0x53715b8aabababa5, 0xb54ae54a94ab1445, 0x1fe04fe03e01beef,
      0xe0e0b0e0c10141ef, 0x4a4a1a4a6babeb45}},
    {512,
     513,
     {0x0000080020000000, 0xaaaaa2aa8aaaaaaa, 0x55aa5daa75aa55aa,
      0xff00f700df00ff00, 0x0000080020000000, 0xaaaaa2aa8aaaaaaa,
      0x55aa5daa75aa55aa, 0xff00f700df00ff00}},
    {700,
     520,
     {0x0000200040000000, 0xaaaa8aaaeaaaaaaa, 0x55aa75aa15aa55aa,
      0xff00df00bf00ff00, 0x0008200000000000, 0xaaa28aaaaaaaaaaa,
      0x55a275aa55aa55aa, 0xff08df00ff00ff00}},
    {1030,
     300,
     {0xffbb000080000001, 0x5511aaaa2aaaaaab, 0xaa1155aad5aa55ab,
      0x00bbff007f00ff01, 0xc880c0c0c080c0c1, 0x622a6a6a6a2a6a6b,
      0x9d2a956a952a956b, 0x37803fc03f803fc1}},
    {1024,
     768,
     {0xa000000000000000, 0x0aaaaaaaaaaaaaaa, 0xf5aa55aa55aa55aa,
      0x5f00ff00ff00ff00, 0x8000800000000000, 0x2aaa2aaaaaaaaaaa,
      0xd5aad5aa55aa55aa, 0x7f007f00ff00ff00}},
};

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("hashes are those of numpy and scipy, also of turned pictures") {
    for (const Golden& golden : kGolden) {
      CAPTURE(golden.width);
      CAPTURE(golden.height);
      const Image image = picture(golden.width, golden.height);
      for (int o = 1; o <= 8; ++o) {
        CAPTURE(o);
        const auto turned = golden.hashes[static_cast<std::size_t>(o - 1)];
        CHECK(perceptual_hash(turn_upright(image, o)) == turned);
        CHECK(turned_hash(golden.hashes[0], o) == turned);
      }
    }
  }

  TEST_CASE("what is left of a picture in half its size has nearly its hash") {
    const Image image = picture(400, 300);
    Image half{200, 150, {}};
    for (std::size_t y = 0; y < 150; ++y)
      for (std::size_t x = 0; x < 200; ++x)
        for (std::size_t c = 0; c < 3; ++c) {
          const auto at = [&](std::size_t yy, std::size_t xx) {
            return int{image.rgb[(yy * 400 + xx) * 3 + c]};
          };
          half.rgb.push_back(static_cast<std::uint8_t>(
              (at(2 * y, 2 * x) + at(2 * y, 2 * x + 1) + at(2 * y + 1, 2 * x) +
               at(2 * y + 1, 2 * x + 1)) /
              4));
        }
    CHECK(hash_distance(*perceptual_hash(image), *perceptual_hash(half)) <= 2);
  }

  TEST_CASE("a picture with nothing to see has no hash, whatever its size") {
    for (const auto& size : std::vector<std::pair<std::size_t, std::size_t>>{
             {1, 1}, {1, 40}, {3, 2}, {32, 32}, {2000, 3}, {513, 600}}) {
      const std::size_t width = size.first;
      const std::size_t height = size.second;
      CAPTURE(width);
      CHECK_FALSE(perceptual_hash(grey(width, height, 0)));
      CHECK_FALSE(perceptual_hash(grey(width, height, 255)));
    }
    // Levels that differ by less than two are noise; by more they are seen.
    Image faint = grey(64, 64, 100);
    for (std::size_t i = 0; i < faint.rgb.size() / 2; ++i) faint.rgb[i] = 103;
    CHECK_FALSE(perceptual_hash(faint));
    for (std::size_t i = 0; i < faint.rgb.size() / 2; ++i) faint.rgb[i] = 106;
    CHECK(perceptual_hash(faint));
  }

  TEST_CASE("the smallest pictures have hashes") {
    Image two{2, 1, {0, 0, 0, 255, 255, 255}};
    REQUIRE(perceptual_hash(two));
    CHECK(perceptual_hash(Image{1, 2, two.rgb}) ==
          perceptual_hash(turn_upright(two, 5)));
  }

  TEST_CASE("distances count bits") {
    CHECK(hash_distance(0, 0) == 0);
    CHECK(hash_distance(0, ~std::uint64_t{0}) == 64);
    CHECK(hash_distance(0x8000000000000001, 0x8000000000000010) == 2);
  }
}
