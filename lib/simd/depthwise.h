// One row of a depthwise 3x3 convolution, with a bias and ReLU6. Its three
// input rows may lie anywhere in memory, which is what embed/inverted_block.h
// needs.
//
// Each channel is on its own: out = clip(bias + sum of 9 taps), the taps row by
// row and each row from left to right, by one fused multiply-add each. A tap
// outside the image is left out. So the bits are the same in every table.
#pragma once

#include <cstddef>

namespace imsearch::simd {

/// Pixels side by side, the channels of a pixel side by side in it.
struct DepthwiseRow {
  const float* rows[3] = {};    // of the input; nullptr: outside the image
  std::size_t width = 0;        // pixels of an input row
  std::size_t channels = 0;     // a multiple of 16
  std::size_t stride = 1;       // of the convolution: 1 or 2
  std::size_t before = 0;       // columns outside, to the left: 0 or 1
  const float* taps = nullptr;  // [9, channels]
  const float* bias = nullptr;  // [channels]
  float* out = nullptr;         // may not overlap the input
  std::size_t out_width = 0;
};

}  // namespace imsearch::simd
