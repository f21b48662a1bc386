#include "simd/guarded_buffer.h"
#include "simd/tables.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using imsearch::simd::Int8Dense;
using imsearch::simd::Int8DepthwiseRow;
using imsearch::simd::Int8Layers;
using imsearch::test::GuardedBuffer;

namespace {

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}

  /// Whole numbers, the ends among them more often than by chance.
  template <typename T>
  std::vector<T> whole(std::size_t count, int least, int most) {
    std::vector<T> values(count);
    for (T& value : values) {
      const auto draw = static_cast<int>(random_() % 1000);
      const auto width = static_cast<unsigned>(most - least + 1);
      value = static_cast<T>(draw < 50 ? least
                             : draw < 100
                                 ? most
                                 : least + static_cast<int>(random_() % width));
    }
    return values;
  }
  std::vector<float> floats(std::size_t count, float least, float most) {
    std::uniform_real_distribution<float> distribution(least, most);
    std::vector<float> values(count);
    for (float& value : values) value = distribution(random_);
    return values;
  }

 private:
  std::mt19937 random_;
};

std::uint8_t byte_of(float value) {
  return static_cast<std::uint8_t>(
      std::min(std::max(std::nearbyint(value), 0.0F), 255.0F));
}

/// Memory at an address that is a multiple of 64, as weights must be.
std::vector<std::int8_t> aligned_storage(std::size_t bytes) {
  return std::vector<std::int8_t>(bytes + 64);
}
std::int8_t* aligned(std::vector<std::int8_t>& storage) {
  const auto address = reinterpret_cast<std::uintptr_t>(storage.data());
  return storage.data() + (64 - address % 64) % 64;
}

/// A dense layer by plain matrices, and the same packed as the kernels want it.
struct DenseCase {
  DenseCase(std::size_t pixels, std::size_t in, std::size_t out, unsigned seed)
      : random_(seed),
        plain(random_.whole<std::int8_t>(out * in, -127, 127)),
        input(random_.whole<std::uint8_t>(pixels * in, 0, 255)),
        packed(aligned_storage((out + 15) / 16 * 16 * in)),
        start((out + 15) / 16 * 16),
        start_signed(start.size()),
        scale(random_.floats(start.size(), 0, 0.5F / static_cast<float>(in))),
        bias(random_.floats(start.size(), -20, 20)) {
    const auto zeros = random_.whole<std::int32_t>(1, 0, 255);
    for (std::size_t o = 0; o < out; ++o) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < in; ++i) {
        const std::int8_t weight = plain[o * in + i];
        aligned(packed)[o / 16 * 16 * in + i / 4 * 64 + o % 16 * 4 + i % 4] =
            weight;
        sum += weight;
      }
      start[o] = -zeros[0] * sum;
      start_signed[o] = start[o] + 128 * sum;
    }
    job.pixels = pixels;
    job.in_channels = in;
    job.out_channels = out;
    job.weights = aligned(packed);
    job.start = start.data();
    job.start_signed = start_signed.data();
    job.scale = scale.data();
    job.bias = bias.data();
  }

  /// As int8_layers.h states.
  std::vector<float> expected() const {
    std::vector<float> values;
    for (std::size_t p = 0; p < job.pixels; ++p)
      for (std::size_t o = 0; o < job.out_channels; ++o) {
        std::int32_t sum = start[o];
        for (std::size_t i = 0; i < job.in_channels; ++i)
          sum +=
              input[p * job.in_channels + i] * plain[o * job.in_channels + i];
        values.push_back(std::fma(static_cast<float>(sum), scale[o], bias[o]));
      }
    return values;
  }

  Random random_;
  std::vector<std::int8_t> plain;
  std::vector<std::uint8_t> input;
  std::vector<std::int8_t> packed;
  std::vector<std::int32_t> start;
  std::vector<std::int32_t> start_signed;
  std::vector<float> scale;
  std::vector<float> bias;
  Int8Dense job;
};

template <typename Body>
void for_each_table(Body body) {
  for (auto table = imsearch::simd::supported(); *table != nullptr; ++table) {
    CAPTURE((*table)->name);
    body(*(*table)->int8);
  }
}

/// Each way to run a dense layer, by every table.
void check_dense(std::size_t pixels, std::size_t in, std::size_t out) {
  CAPTURE(pixels);
  CAPTURE(in);
  CAPTURE(out);
  DenseCase dense(pixels, in, out, static_cast<unsigned>(pixels + in + out));
  const std::vector<float> values = dense.expected();
  const std::vector<float> before = Random(7).floats(values.size(), -30, 30);
  std::vector<std::uint8_t> bytes;
  std::vector<float> sums;
  float largest = 0;
  float largest_sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    bytes.push_back(byte_of(values[i]));
    sums.push_back(values[i] + before[i]);
    largest = std::max(largest, std::fabs(values[i]));
    largest_sum = std::max(largest_sum, std::fabs(sums[i]));
  }
  GuardedBuffer<std::uint8_t> input(dense.input.size());
  dense.job.in = input.fill(dense.input.data(), dense.input.size());
  GuardedBuffer<std::uint8_t> out_bytes(values.size());
  GuardedBuffer<float> out_floats(values.size());
  const std::size_t float_bytes = values.size() * sizeof(float);
  for_each_table([&](const Int8Layers& layers) {
    std::uint8_t* to_bytes = out_bytes.last(values.size());
    std::memset(to_bytes, 0x55, values.size());
    layers.dense(dense.job, to_bytes);
    CHECK(std::memcmp(to_bytes, bytes.data(), bytes.size()) == 0);
    float* to_floats = out_floats.last(values.size());
    std::memset(to_floats, 0x7F, float_bytes);
    CHECK(layers.dense_float(dense.job, false, to_floats) == largest);
    CHECK(std::memcmp(to_floats, values.data(), float_bytes) == 0);
    std::copy(before.begin(), before.end(), to_floats);
    CHECK(layers.dense_float(dense.job, true, to_floats) == largest_sum);
    CHECK(std::memcmp(to_floats, sums.data(), float_bytes) == 0);
  });
}

/// A depthwise row by plain taps, [9, channels], and packed.
struct DepthwiseCase {
  DepthwiseCase(std::size_t width, std::size_t channels)
      : random(static_cast<unsigned>(width * 1000 + channels)),
        plain(random.whole<std::int8_t>(9 * channels, -127, 127)),
        packed(aligned_storage((channels + 63) / 64 * 64 * 12)),
        scale(random.floats((channels + 63) / 64 * 64, 0, 0.004F)),
        bias(random.floats(scale.size(), -20, 20)) {
    buffers.reserve(3);
    for (std::size_t r = 0; r < 3; ++r) {
      const auto values = random.whole<std::uint8_t>(width * channels, 0, 255);
      buffers.emplace_back(values.size());
      row.rows[r] = buffers[r].fill(values.data(), values.size());
    }
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t place = imsearch::simd::int8_depthwise_place(c);
      for (std::size_t t = 0; t < 9; ++t)
        aligned(packed)[place / 64 * 64 * 12 + t % 3 * 256 + place % 64 * 4 +
                        t / 3] = plain[t * channels + c];
    }
    row.width = width;
    row.channels = channels;
    row.taps = aligned(packed);
    row.scale = scale.data();
    row.bias = bias.data();
  }

  std::vector<std::uint8_t> expected() const {
    std::vector<std::uint8_t> out;
    for (std::size_t o = 0; o < row.out_width; ++o)
      for (std::size_t c = 0; c < row.channels; ++c) {
        std::int32_t sum = 0;
        for (std::size_t t = 0; t < 9; ++t) {
          const auto x = static_cast<std::ptrdiff_t>(o * row.stride + t % 3) -
                         static_cast<std::ptrdiff_t>(row.before);
          if (row.rows[t / 3] == nullptr || x < 0 ||
              x >= static_cast<std::ptrdiff_t>(row.width))
            continue;
          sum +=
              row.rows[t / 3][static_cast<std::size_t>(x) * row.channels + c] *
              plain[t * row.channels + c];
        }
        const std::size_t place = imsearch::simd::int8_depthwise_place(c);
        out.push_back(byte_of(
            std::fma(static_cast<float>(sum), scale[place], bias[place])));
      }
    return out;
  }

  Random random;
  std::vector<std::int8_t> plain;
  std::vector<std::int8_t> packed;
  std::vector<float> scale;
  std::vector<float> bias;
  std::vector<GuardedBuffer<std::uint8_t>> buffers;
  Int8DepthwiseRow row;
};

void check_row(DepthwiseCase& c) {
  CAPTURE(c.row.width);
  CAPTURE(c.row.channels);
  CAPTURE(c.row.stride);
  CAPTURE(c.row.before);
  const std::vector<std::uint8_t> expected = c.expected();
  GuardedBuffer<std::uint8_t> out(expected.size());
  c.row.out = out.last(expected.size());
  for_each_table([&](const Int8Layers& layers) {
    std::memset(c.row.out, 0x55, expected.size());
    layers.depthwise_row(c.row);
    CHECK(std::memcmp(c.row.out, expected.data(), expected.size()) == 0);
  });
}

}  // namespace

TEST_SUITE("simd") {
  TEST_CASE("dense int8 layers are the same bits in every table") {
    // Every tile of pixels and channels, each with an end of its own.
    for (const std::size_t out : {8U, 16U, 24U, 40U, 48U, 64U, 72U, 144U})
      for (std::size_t pixels = 1; pixels <= 17; ++pixels)
        check_dense(pixels, 28, out);
    for (const std::size_t in : {4U, 8U, 16U, 96U, 960U})
      for (const std::size_t out : {16U, 24U, 160U}) check_dense(49, in, out);
    check_dense(3, 32, 1280);
  }

  TEST_CASE("sums of the largest products are exact") {
    for (const int weight : {-127, 127}) {
      DenseCase dense(5, 960, 32, 1);
      std::fill(dense.input.begin(), dense.input.end(), 255);
      std::fill(dense.packed.begin(), dense.packed.end(), weight);
      const std::int32_t sum = 960 * 255 * weight;
      std::fill(dense.start.begin(), dense.start.end(), 0);
      std::fill(dense.start_signed.begin(), dense.start_signed.end(),
                128 * 960 * weight);
      std::fill(dense.scale.begin(), dense.scale.end(), 1.0F);
      std::fill(dense.bias.begin(), dense.bias.end(), 0.0F);
      dense.job.in = dense.input.data();
      for_each_table([&](const Int8Layers& layers) {
        std::vector<float> out(std::size_t{5} * 32);
        CHECK(layers.dense_float(dense.job, false, out.data()) ==
              static_cast<float>(std::abs(sum)));
        CHECK(out == std::vector<float>(out.size(), static_cast<float>(sum)));
      });
    }
  }

  TEST_CASE("depthwise int8 rows are the same bits in every table") {
    for (const std::size_t channels : {16U, 32U, 48U, 64U, 96U, 144U})
      for (std::size_t width = 1; width <= 12; ++width) {
        DepthwiseCase c(width, channels);
        for (const std::size_t stride : {1U, 2U})
          for (const std::size_t before : {0U, 1U}) {
            c.row.stride = stride;
            c.row.before = before;
            c.row.out_width = (width - 1) / stride + 1;
            check_row(c);
          }
      }
  }

  TEST_CASE("depthwise int8 rows leave out what is above and below") {
    for (unsigned present = 0; present < 8; ++present) {
      DepthwiseCase c(9, 80);
      for (unsigned r = 0; r < 3; ++r)
        if ((present >> r & 1U) == 0) c.row.rows[r] = nullptr;
      c.row.out_width = 9;
      c.row.before = 1;
      check_row(c);
    }
  }

  TEST_CASE("floats become the same bytes in every table") {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (std::size_t n = 0; n <= 70; ++n) {
      CAPTURE(n);
      std::vector<float> values =
          Random(static_cast<unsigned>(n)).floats(n, -1.2F, 1.2F);
      const float odd[] = {kInfinity,  -kInfinity,
                           1e30F,      std::numeric_limits<float>::quiet_NaN(),
                           0.5F / 127, 1.5F / 127};
      for (std::size_t i = 0; i < n; i += 7) values[i] = odd[i / 7 % 6];
      std::vector<std::uint8_t> expected;
      for (const float value : values) {
        const float scaled = std::fma(value, 127.0F, 128.0F);
        expected.push_back(std::isnan(scaled) ? 0 : byte_of(scaled));
      }
      GuardedBuffer<float> in(n);
      GuardedBuffer<std::uint8_t> out(n);
      const float* from = in.fill(values.data(), n);
      for_each_table([&](const Int8Layers& layers) {
        std::uint8_t* to = out.last(n);
        if (n > 0) std::memset(to, 0x55, n);
        layers.quantize(from, 127.0F, n, to);
        CHECK(std::vector<std::uint8_t>(to, to + n) == expected);
      });
    }
  }
}
