// Layers of a network in 8-bit integers: activations of 0 to 255, weights of
// -127 to 127.
//
// Sums of products are exact in 32 bits, whatever the order. Each then becomes
// fma(float(sum), scale, bias), one conversion and one fused multiply-add, each
// rounded to nearest, and where bytes are put out, that rounded to the nearest
// whole number, ties to even, and cut to 0..255. So all bits are the same in
// every table.
//
// The caller sees to it that sums stay within 2^26, which they do for up to
// 2000 products, and 2^26 |scale| + |bias| below 2^31: no conversion overflows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imsearch::simd {

/// Channels of output whose weights lie side by side in a dense layer; weights,
/// starts, scales and biases are padded to a multiple of it, with anything.
inline constexpr std::size_t kInt8DenseBlock = 16;

/// A dense layer: each pixel's input channels to its output channels.
struct Int8Dense {
  const std::uint8_t* in = nullptr;  // [pixels, in_channels]
  std::size_t pixels = 0;
  std::size_t in_channels = 0;   // a multiple of 4
  std::size_t out_channels = 0;  // a multiple of 8
  /// [out_channels / 16, in_channels / 4, 16, 4]: of 16 output channels four
  /// input channels each. Aligned to 64 bytes.
  const std::int8_t* weights = nullptr;
  /// What the sum of an output channel begins with: minus what stands for 0 in
  /// the input times the sum of its weights.
  const std::int32_t* start = nullptr;
  /// The same for inputs of which 128 was subtracted, for CPUs that multiply
  /// signed bytes only: start + 128 times the sum of the weights.
  const std::int32_t* start_signed = nullptr;
  const float* scale = nullptr;
  const float* bias = nullptr;
};

/// Channels whose taps lie side by side in a depthwise row; taps, scales and
/// biases are padded to a multiple of it, with anything.
inline constexpr std::size_t kInt8DepthwiseBlock = 64;

/// Where the taps, the scale and the bias of a channel stand in its row: vector
/// instructions interleave bytes within 16 at a time, and this is the order in
/// which sums of 64 channels leave them.
constexpr std::size_t int8_depthwise_place(std::size_t channel) {
  const std::size_t in_block = channel % kInt8DepthwiseBlock;
  return channel - in_block + in_block % 16 / 4 * 16 + in_block / 16 * 4 +
         in_block % 4;
}

/// One row of a depthwise 3x3 convolution. 0 stands for 0 in the input, and
/// outside the image.
struct Int8DepthwiseRow {
  const std::uint8_t* rows[3] = {};  // of the input; nullptr: outside the image
  std::size_t width = 0;             // pixels of an input row
  std::size_t channels = 0;          // a multiple of 16
  std::size_t stride = 1;            // 1 or 2
  std::size_t before = 0;            // columns outside, to the left: 0 or 1
  /// [channels / 64, 3 columns, 64 places, 4]: the taps of three rows and a 0.
  /// Aligned to 64 bytes.
  const std::int8_t* taps = nullptr;
  const float* scale = nullptr;  // [places]
  const float* bias = nullptr;   // [places]
  std::uint8_t* out = nullptr;   // may not overlap the input
  std::size_t out_width = 0;
};

/// A table of functions for one kind of CPU.
struct Int8Layers {
  /// out[i] = fma(in[i], scale, 128), a NaN taken for 0, cut to 0..255 and
  /// rounded as above.
  void (*quantize)(const float* in, float scale, std::size_t n,
                   std::uint8_t* out);

  /// Writes pixels x out_channels bytes, which may not overlap the input.
  void (*dense)(const Int8Dense& job, std::uint8_t* out);

  /// Writes them as floats, not rounded to whole numbers; `adds`: adds them to
  /// those that are there. Returns the largest magnitude of what it wrote, NaN
  /// passed over.
  float (*dense_float)(const Int8Dense& job, bool adds, float* out);

  void (*depthwise_row)(const Int8DepthwiseRow& row);

  /// Whether the CPU adds products of bytes by one instruction. Without it,
  /// float32 is faster.
  bool quick;
};

}  // namespace imsearch::simd
