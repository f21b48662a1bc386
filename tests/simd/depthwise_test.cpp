#include "simd/guarded_buffer.h"
#include "simd/tables.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

using imsearch::simd::DepthwiseRow;
using imsearch::test::GuardedBuffer;

namespace {

std::vector<float> random_floats(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> distribution(-4, 4);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

/// What depthwise.h states, one output after the other.
std::vector<float> stated_row(const DepthwiseRow& row) {
  std::vector<float> out;
  for (std::size_t o = 0; o < row.out_width; ++o)
    for (std::size_t c = 0; c < row.channels; ++c) {
      float sum = row.bias[c];
      for (int tap = 0; tap < 9; ++tap) {
        const float* input = row.rows[tap / 3];
        const auto x = static_cast<std::ptrdiff_t>(o * row.stride) + tap % 3 -
                       static_cast<std::ptrdiff_t>(row.before);
        if (input == nullptr || x < 0 ||
            x >= static_cast<std::ptrdiff_t>(row.width))
          continue;
        sum = std::fma(
            input[static_cast<std::size_t>(x) * row.channels + c],
            row.taps[static_cast<std::size_t>(tap) * row.channels + c], sum);
      }
      out.push_back(sum > 6 ? 6 : sum > 0 ? sum : 0);
    }
  return out;
}

/// The input's rows, each with the end of its memory behind it.
struct Image {
  std::vector<GuardedBuffer<float>> buffers;
  const float* rows[3] = {};

  Image(std::size_t width, std::size_t channels) {
    buffers.reserve(3);
    for (unsigned r = 0; r < 3; ++r) {
      const auto values = random_floats(width * channels, r);
      buffers.emplace_back(values.size());
      rows[r] = buffers[r].fill(values.data(), values.size());
    }
  }
};

/// Runs every table on the row.
void check_row(DepthwiseRow row) {
  const std::size_t count = row.out_width * row.channels;
  const std::vector<float> expected = stated_row(row);
  GuardedBuffer<float> out(count);
  row.out = out.last(count);
  for (auto table = imsearch::simd::supported(); *table != nullptr; ++table) {
    CAPTURE((*table)->name);
    CAPTURE(row.width);
    CAPTURE(row.channels);
    CAPTURE(row.stride);
    CAPTURE(row.before);
    std::memset(row.out, 0x7F, count * sizeof(float));
    (*table)->depthwise_row(row);
    CHECK(std::memcmp(row.out, expected.data(), count * sizeof(float)) == 0);
  }
}

}  // namespace

TEST_SUITE("simd") {
  TEST_CASE("depthwise rows are the same bits in every table, at every edge") {
    for (const std::size_t channels : {16U, 48U}) {
      const auto taps = random_floats(9 * channels, 3);
      const auto bias = random_floats(channels, 4);
      for (std::size_t width = 1; width <= 33; ++width) {
        Image image(width, channels);
        for (const std::size_t stride : {1U, 2U})
          for (const std::size_t before : {0U, 1U}) {
            DepthwiseRow row;
            std::copy(image.rows, image.rows + 3, row.rows);
            row.width = width;
            row.channels = channels;
            row.stride = stride;
            row.before = before;
            row.taps = taps.data();
            row.bias = bias.data();
            row.out_width = (width - 1) / stride + 1;
            check_row(row);
          }
      }
    }
  }

  TEST_CASE("depthwise rows leave out what is above and below the image") {
    const std::size_t channels = 32;
    const auto taps = random_floats(9 * channels, 5);
    const auto bias = random_floats(channels, 6);
    Image image(9, channels);
    for (unsigned present = 0; present < 8; ++present) {
      DepthwiseRow row;
      for (unsigned r = 0; r < 3; ++r)
        row.rows[r] = (present >> r & 1U) != 0 ? image.rows[r] : nullptr;
      row.width = row.out_width = 9;
      row.channels = channels;
      row.before = 1;
      row.taps = taps.data();
      row.bias = bias.data();
      check_row(row);
    }
  }
}
