// The int8 layers of the scalar table: what int8_layers.h states, word for
// word, and what the other tables are tested against.
#include "simd/tables.h"

#include <algorithm>
#include <cmath>

namespace imsearch::simd {
namespace {

constexpr std::size_t kQuad = 4;  // input channels that lie together

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(
      std::clamp(std::nearbyint(value), 0.0F, 255.0F));
}

float dense_value(const Int8Dense& job, std::size_t pixel,
                  std::size_t channel) {
  const std::uint8_t* in = job.in + pixel * job.in_channels;
  const std::int8_t* weights =
      job.weights +
      channel / kInt8DenseBlock * kInt8DenseBlock * job.in_channels +
      channel % kInt8DenseBlock * kQuad;
  std::int32_t sum = job.start[channel];
  for (std::size_t i = 0; i < job.in_channels; ++i)
    sum += in[i] * weights[i / kQuad * kQuad * kInt8DenseBlock + i % kQuad];
  return std::fma(static_cast<float>(sum), job.scale[channel],
                  job.bias[channel]);
}

void quantize(const float* in, float scale, std::size_t n, std::uint8_t* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const float value = std::fma(in[i], scale, 128.0F);
    out[i] = to_byte(value > 0 ? value : 0);
  }
}

void dense(const Int8Dense& job, std::uint8_t* out) {
  for (std::size_t p = 0; p < job.pixels; ++p)
    for (std::size_t c = 0; c < job.out_channels; ++c)
      out[p * job.out_channels + c] = to_byte(dense_value(job, p, c));
}

float dense_float(const Int8Dense& job, bool adds, float* out) {
  float largest = 0;
  for (std::size_t p = 0; p < job.pixels; ++p)
    for (std::size_t c = 0; c < job.out_channels; ++c) {
      float& value = out[p * job.out_channels + c];
      const float product = dense_value(job, p, c);
      value = adds ? product + value : product;
      if (std::fabs(value) > largest) largest = std::fabs(value);
    }
  return largest;
}

void depthwise_row(const Int8DepthwiseRow& row) {
  for (std::size_t o = 0; o < row.out_width; ++o)
    for (std::size_t c = 0; c < row.channels; ++c) {
      const std::size_t place = int8_depthwise_place(c);
      const std::int8_t* taps =
          row.taps + place / kInt8DepthwiseBlock * kInt8DepthwiseBlock * 12 +
          place % kInt8DepthwiseBlock * kQuad;
      std::int32_t sum = 0;
      for (std::size_t column = 0; column < 3; ++column) {
        // Wraps round below 0, which is outside as well.
        const std::size_t x = o * row.stride + column - row.before;
        if (x >= row.width) continue;
        for (std::size_t r = 0; r < 3; ++r)
          if (row.rows[r] != nullptr)
            sum += row.rows[r][x * row.channels + c] *
                   taps[column * kInt8DepthwiseBlock * kQuad + r];
      }
      row.out[o * row.channels + c] = to_byte(
          std::fma(static_cast<float>(sum), row.scale[place], row.bias[place]));
    }
}

}  // namespace

const Int8Layers kScalarInt8 = {quantize, dense, dense_float, depthwise_row,
                                false};

}  // namespace imsearch::simd
