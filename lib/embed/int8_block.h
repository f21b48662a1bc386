// A dense convolution, a depthwise one and a projection in 8-bit integers, run
// in strips as inverted_block.h does in float32.
//
// Between blocks an image is floats: a block takes their largest magnitude and
// turns them into bytes by it, so that their step fits this image and depends
// on nothing else; of the network's input it is what preprocessing allows. The
// wide images in the middle are bytes.
#pragma once

#include "embed/int8_convolution.h"
#include "simd/kernels.h"
#include "weights/weights.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// Bytes that a block's run needs beside its input and output.
struct Int8Sizes {
  std::size_t input = 0;    // the input as bytes
  std::size_t windows = 0;  // of a strip
  std::size_t wide = 0;
  std::size_t filtered = 0;
  std::size_t scales = 0;
};

/// One replica's memory for runs, which its blocks take in turn.
struct Int8Memory {
  explicit Int8Memory(const Int8Sizes& sizes)
      : input(sizes.input),
        windows(sizes.windows),
        wide(sizes.wide),
        filtered(sizes.filtered),
        scales(sizes.scales) {}

  AlignedBytes input;
  AlignedBytes windows;
  AlignedBytes wide;
  AlignedBytes filtered;
  AlignedBytes scales;
};

/// Turns n floats into bytes about kSignedZero, magnitudes of `largest` into
/// 127, and returns what one step is.
float int8_input(const simd::Int8Layers& layers, const float* in, float largest,
                 std::size_t n, std::uint8_t* out);

/// Made once and shared by all replicas. Immutable.
class Int8Block {
 public:
  /// Convolutions `first` to `first` + 2 of mobilenet_convolutions(), on an
  /// input of `side` x `side` pixels.
  Int8Block(const Weights& weights, std::size_t first, std::size_t side);

  std::size_t output_side() const { return output_side_; }
  std::size_t output_floats() const;
  /// The output takes the place of the input, which is added to it.
  bool adds_input() const { return adds_input_; }
  Int8Sizes sizes() const;

  /// Reads the whole input, in which no magnitude is above `largest`, and
  /// writes the whole output, NHWC both, the same memory where the block
  /// adds_input(). `memory`: of its sizes() or more. Returns the largest
  /// magnitude of the output.
  float run(const float* in, float largest, Int8Memory& memory,
            float* out) const;

 private:
  bool has_windows() const { return kernel_ != 1; }
  std::size_t padded_side() const;
  float read_input(const float* in, float largest, Int8Memory& memory) const;
  void write_windows(std::size_t row, std::size_t rows,
                     Int8Memory& memory) const;
  void widen(std::size_t row, std::size_t rows, const float* scales,
             Int8Memory& memory) const;
  void filter(std::size_t row, Int8Memory& memory) const;
  std::size_t last_wide_row(std::size_t row) const;

  const simd::Int8Layers* layers_ = simd::active().int8;
  std::size_t kernel_;  // of the dense convolution
  std::size_t input_side_;
  std::size_t input_channels_;
  Padding input_padding_;
  std::size_t wide_side_;
  Padding padding_;  // of the depthwise convolution
  std::size_t output_side_;
  std::size_t stride_;
  bool adds_input_;
  Int8Convolution dense_;
  Int8Depthwise depthwise_;
  Int8Convolution project_;
  std::size_t wide_rows_;      // of a strip
  std::size_t ring_rows_;      // of the wide image, in memory at a time
  std::size_t filtered_rows_;  // that are projected at a time
};

}  // namespace imsearch
