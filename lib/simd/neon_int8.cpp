// The int8 layers of neon.cpp's tables; the dense one by the dot product
// instructions is in dotprod_int8.cpp.
#include "simd/neon_int8.h"
#include "simd/tables.h"

namespace imsearch::simd {
namespace {

struct Products {
  /// Two products fit 16 bits: weights are not -128.
  IMSEARCH_INLINE static int32x4_t dot(int32x4_t sum, int8x16_t a,
                                       int8x16_t b) {
    const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
    const int16x8_t high = vmull_high_s8(a, b);
    return vpadalq_s16(sum, vpaddq_s16(low, high));
  }
};

/// 16 channels of a depthwise row, widened to 16 bits.
class Channels {
 public:
  Channels(const Int8DepthwiseRow& row, std::size_t channel)
      : row_(row), channel_(channel) {
    const std::size_t place = int8_depthwise_place(channel);
    const std::size_t block = place - place % kInt8DepthwiseBlock;
    for (std::size_t v = 0; v < 4; ++v) {
      const std::size_t at = place + v * 16;
      scale_[v] = vld1q_f32(row.scale + at);
      bias_[v] = vld1q_f32(row.bias + at);
      for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t r = 0; r < 3; ++r)
          for (std::size_t i = 0; i < 4; ++i)
            taps_[r][c][v * 4 + i] =
                row.taps[block * 12 +
                         (c * kInt8DepthwiseBlock + at - block + i) * 4 + r];
    }
  }

  void output(std::size_t o) const {
    int32x4_t sums[4] = {};
    for (std::size_t r = 0; r < 3; ++r)
      for (std::size_t c = 0; c < 3; ++c) {
        // Wraps round below 0, which is outside as well.
        const std::size_t x = o * row_.stride + c - row_.before;
        if (row_.rows[r] != nullptr && x < row_.width)
          add(row_.rows[r] + x * row_.channels + channel_, taps_[r][c], sums);
      }
    float32x4_t values[4];
    for (std::size_t v = 0; v < 4; ++v)
      values[v] = vfmaq_f32(bias_[v], vcvtq_f32_s32(sums[v]), scale_[v]);
    std::uint8_t* to = row_.out + o * row_.channels + channel_;
    vst1_u8(to, NeonDense<Products>::bytes_of(values[0], values[1]));
    vst1_u8(to + 8, NeonDense<Products>::bytes_of(values[2], values[3]));
  }

 private:
  static void add(const std::uint8_t* from, const std::int16_t* taps,
                  int32x4_t (&sums)[4]) {
    const uint8x16_t bytes = vld1q_u8(from);
    const int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)));
    const int16x8_t high = vreinterpretq_s16_u16(vmovl_high_u8(bytes));
    const int16x8_t low_taps = vld1q_s16(taps);
    const int16x8_t high_taps = vld1q_s16(taps + 8);
    sums[0] = vmlal_s16(sums[0], vget_low_s16(low), vget_low_s16(low_taps));
    sums[1] = vmlal_high_s16(sums[1], low, low_taps);
    sums[2] = vmlal_s16(sums[2], vget_low_s16(high), vget_low_s16(high_taps));
    sums[3] = vmlal_high_s16(sums[3], high, high_taps);
  }

  const Int8DepthwiseRow& row_;
  std::size_t channel_;
  std::int16_t taps_[3][3][16];
  float32x4_t scale_[4];
  float32x4_t bias_[4];
};

}  // namespace

void neon_int8_depthwise_row(const Int8DepthwiseRow& row) {
  for (std::size_t c = 0; c < row.channels; c += 16) {
    const Channels channels(row, c);
    for (std::size_t o = 0; o < row.out_width; ++o) channels.output(o);
  }
}

void neon_int8_quantize(const float* in, float scale, std::size_t n,
                        std::uint8_t* out) {
  const auto four = [scale](const float* from) {
    const float32x4_t value =
        vfmaq_n_f32(vdupq_n_f32(128), vld1q_f32(from), scale);
    // Of NaN and 0, 0.
    const float32x4_t least = vmaxnmq_f32(value, vdupq_n_f32(0));
    return vminnmq_f32(least, vdupq_n_f32(255));
  };
  const auto eight = [four](const float* from) {
    return NeonDense<Products>::bytes_of(four(from), four(from + 4));
  };
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) vst1_u8(out + i, eight(in + i));
  if (i == n) return;
  float last[8] = {};
  __builtin_memcpy(last, in + i, (n - i) * sizeof(float));
  std::uint8_t bytes[8];
  vst1_u8(bytes, eight(last));
  __builtin_memcpy(out + i, bytes, n - i);
}

const Int8Layers kNeonInt8 = {
    neon_int8_quantize, int8_dense<NeonDense<Products>>,
    int8_dense_float<NeonDense<Products>>, neon_int8_depthwise_row, false};

}  // namespace imsearch::simd
