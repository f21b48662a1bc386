// MobileNetV2's inverted block: a convolution that widens the image sixfold, a
// depthwise 3 x 3 one, and one that narrows it again. The wide image would not
// fit the level 2 cache, so it is made a strip of rows at a time, in a ring
// that keeps the rows above which the next windows still read: each strip is
// filtered and narrowed while it is still in the cache.
#include "embed/inverted_block.h"

#include "embed/layer.h"
#include "weights/mobilenet.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::size_t kTaps = 9;
constexpr std::size_t kWindow = 3;  // rows that the depthwise one reads at once

/// Two strips of the wide image, one of what the depthwise convolution makes of
/// it, and weights share a level 2 cache of 1 MB.
constexpr std::size_t kStripBytes = 250'000;

/// Rows of a strip: all strips of an image are equally high.
std::size_t strip_rows(std::size_t side, std::size_t channels) {
  const std::size_t row_bytes = side * channels * sizeof(float);
  std::size_t rows = std::clamp<std::size_t>(kStripBytes / row_bytes, 1, side);
  while (side % rows != 0) --rows;
  return rows;
}

/// Strips of `rows` rows that the ring of wide rows holds: the one that was
/// computed last, and all of those before it that the window over its first row
/// still reads. Two, but three of strips of a single row.
std::size_t ring_strips(std::size_t rows) {
  return 1 + (kWindow - 1 + rows - 1) / rows;
}

DenseShape dense_shape(const Convolution& conv, std::size_t output_side,
                       std::size_t rows) {
  return {conv.in, conv.out,    conv.kernel,  conv.stride,
          rows,    output_side, conv.clipped, conv.adds_input};
}

// The kernel (simd/depthwise.h) takes the channels of a pixel side by side, so
// the weights of one tap have to lie so as well.
/// From (channels, 1, 3, 3) to [9, channels].
std::vector<float> by_tap(const std::vector<float>& kernel) {
  const std::size_t channels = kernel.size() / kTaps;
  std::vector<float> taps(kernel.size());
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t t = 0; t < kTaps; ++t)
      taps[t * channels + c] = kernel[c * kTaps + t];
  return taps;
}

/// Convolution `layer` as it is run, some rows at a time. Both dense
/// convolutions of a block are cut by the width of the image in its middle,
/// `wide_channels`.
DenseConvolution make_dense(const dnnl::engine& engine, const Weights& weights,
                            std::size_t layer, std::size_t output_side,
                            std::size_t wide_channels) {
  const Convolution& conv = mobilenet_convolutions()[layer];
  return {
      engine,
      dense_shape(conv, output_side, strip_rows(output_side, wide_channels)),
      fold_batch_norm(conv, weights)};
}

Padding depthwise_padding(const Weights& weights, std::size_t layer,
                          std::size_t side) {
  return padding_3x3(side, mobilenet_convolutions()[layer].stride,
                     weights.variant);
}

}  // namespace

InvertedBlock::InvertedBlock(const dnnl::engine& engine, const Weights& weights,
                             std::size_t first, std::size_t wide_side)
    : wide_side_(wide_side),
      output_side_(
          depthwise_padding(weights, first + 1, wide_side).output_side),
      stride_(mobilenet_convolutions()[first + 1].stride),
      before_(depthwise_padding(weights, first + 1, wide_side).before),
      dense_(make_dense(engine, weights, first, wide_side,
                        mobilenet_convolutions()[first + 1].in)),
      project_(make_dense(engine, weights, first + 2, output_side_,
                          mobilenet_convolutions()[first + 1].out)) {
  FoldedConvolution depthwise =
      fold_batch_norm(mobilenet_convolutions()[first + 1], weights);
  taps_ = by_tap(depthwise.kernel);
  bias_ = std::move(depthwise.bias);
}

std::size_t InvertedBlock::output_floats() const {
  return output_side_ * output_side_ * project_.shape().out;
}

std::size_t InvertedBlock::wide_floats() const {
  return ring_rows() * wide_side_ * dense_.shape().out;
}

std::size_t InvertedBlock::ring_rows() const {
  return ring_strips(dense_.shape().rows) * dense_.shape().rows;
}

std::size_t InvertedBlock::filtered_floats() const {
  return project_.shape().rows * output_side_ * project_.shape().in;
}

std::size_t InvertedBlock::scratch_bytes() const {
  return std::max(dense_.scratch_bytes(), project_.scratch_bytes());
}

BoundBlock::BoundBlock(const InvertedBlock& block, const BlockMemory& memory)
    : block_(&block),
      memory_(memory),
      dense_(block.dense_, memory.stream, memory.scratch),
      project_(block.project_, memory.stream, memory.scratch) {}

/// The wide image's rows go round in the memory of ring_strips() strips. Before
/// a strip is computed, each output row whose window ends above it is done: the
/// next window reads at most the last two rows above the strip, which the ring
/// still holds.
void BoundBlock::widen(std::size_t strip, const float* in) {
  const DenseShape& shape = block_->dense_.shape();
  const std::size_t input_width =
      (shape.width - 1) * shape.stride + shape.kernel;
  const std::size_t strip_floats = shape.rows * shape.width * shape.out;
  dense_.run(in + strip * shape.rows * shape.stride * input_width * shape.in,
             memory_.wide + strip % ring_strips(shape.rows) * strip_floats);
}

/// The last row of the wide image that a row of the output needs.
std::size_t BoundBlock::last_wide_row(std::size_t row) const {
  return std::min(row * block_->stride_ + kWindow - 1 - block_->before_,
                  block_->wide_side_ - 1);
}

void BoundBlock::filter(std::size_t row) {
  const DenseShape& wide = block_->dense_.shape();
  const std::size_t row_floats = wide.width * wide.out;
  simd::DepthwiseRow job;
  for (std::size_t r = 0; r < kWindow; ++r) {
    // Wraps round above the first row, which is outside as well.
    const std::size_t y = row * block_->stride_ + r - block_->before_;
    if (y < block_->wide_side_)
      job.rows[r] = memory_.wide + y % block_->ring_rows() * row_floats;
  }
  job.width = wide.width;
  job.channels = wide.out;
  job.stride = block_->stride_;
  job.before = block_->before_;
  job.taps = block_->taps_.data();
  job.bias = block_->bias_.data();
  job.out = memory_.filtered + row % block_->project_.shape().rows *
                                   block_->output_side_ * wide.out;
  job.out_width = block_->output_side_;
  depthwise_row_(job);
}

void BoundBlock::project(std::size_t strip, float* out) {
  const DenseShape& shape = block_->project_.shape();
  project_.run(memory_.filtered,
               out + strip * shape.rows * shape.width * shape.out);
}

void BoundBlock::run(const float* in, float* out) {
  const std::size_t wide_rows = block_->dense_.shape().rows;
  const std::size_t filtered_rows = block_->project_.shape().rows;
  std::size_t row = 0;  // of the output
  for (std::size_t strip = 0; strip * wide_rows < block_->wide_side_; ++strip) {
    widen(strip, in);
    const std::size_t have = (strip + 1) * wide_rows;
    // Rows of the output whose windows are complete. Those that still need the
    // next strip wait for it.
    for (; row < block_->output_side_ && last_wide_row(row) < have; ++row) {
      filter(row);
      if ((row + 1) % filtered_rows == 0) project(row / filtered_rows, out);
    }
  }
}

}  // namespace imsearch
