// A dense convolution, a depthwise one and a projection, run in strips.
//
// All of MobileNetV2 but its end is 17 of these: the stem makes one with the
// first block, which has no expansion. The wide image in the middle is never
// there as a whole: only as many rows as stay in the cache. The dense
// convolutions are oneDNN's, the depthwise ones lib/simd's, which takes rows
// wherever they lie.
#pragma once

#include "embed/dense_convolution.h"
#include "simd/kernels.h"
#include "weights/weights.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <cstddef>
#include <vector>

namespace imsearch {

/// Made once and shared by all replicas. Immutable.
class InvertedBlock {
 public:
  /// Convolutions `first` to `first` + 2 of mobilenet_convolutions().
  /// `wide_side`: pixels a side that the first of them puts out; its input is
  /// padded already.
  InvertedBlock(const dnnl::engine& engine, const Weights& weights,
                std::size_t first, std::size_t wide_side);

  /// Pixels a side, and all its floats.
  std::size_t output_side() const { return output_side_; }
  std::size_t output_floats() const;
  /// The output takes the place of the input, which is added to it.
  bool adds_input() const { return project_.shape().adds_output; }

  // Memory that a run needs beside its input and output.
  std::size_t wide_floats() const;
  std::size_t filtered_floats() const;
  std::size_t scratch_bytes() const;

 private:
  friend class BoundBlock;

  /// Rows of the wide image that are in memory at a time.
  std::size_t ring_rows() const;

  std::size_t wide_side_;
  std::size_t output_side_;
  std::size_t stride_;
  std::size_t before_;       // the depthwise convolution's padding
  std::vector<float> taps_;  // [9, channels]
  std::vector<float> bias_;
  DenseConvolution dense_;
  DenseConvolution project_;
};

/// One replica's memory for runs, which its blocks take in turn.
struct BlockMemory {
  dnnl::stream stream;
  float* wide = nullptr;      // wide_floats() or more
  float* filtered = nullptr;  // filtered_floats() or more
  dnnl::memory scratch;       // scratch_bytes() or more
};

/// One replica's use of a block, which must outlive it.
class BoundBlock {
 public:
  BoundBlock(const InvertedBlock& block, const BlockMemory& memory);

  /// Reads the whole input and writes the whole output, NHWC both. They are the
  /// same memory where the block adds_input().
  void run(const float* in, float* out);

 private:
  void widen(std::size_t strip, const float* in);
  void filter(std::size_t row);
  void project(std::size_t strip, float* out);
  std::size_t last_wide_row(std::size_t row) const;

  const InvertedBlock* block_;
  BlockMemory memory_;
  BoundConvolution dense_;
  BoundConvolution project_;
  decltype(simd::Kernels::depthwise_row) depthwise_row_ =
      simd::active().depthwise_row;
};

}  // namespace imsearch
