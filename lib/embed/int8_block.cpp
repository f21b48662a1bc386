// The wide image is made a strip of rows at a time, in a ring that keeps the
// rows above which the next windows still read, as in inverted_block.cpp. A
// strip's bytes are a quarter of floats, so that all of it stays close.
#include "embed/int8_block.h"

#include "weights/mobilenet.h"

#include <algorithm>
#include <cstring>

namespace imsearch {
namespace {

constexpr std::size_t kWindow = 3;  // rows that a 3 x 3 convolution reads

/// A strip of the wide image, and the rows that are projected at a time.
constexpr std::size_t kStripBytes = 64'000;

/// Below this an image counts as nothing but zeros: what would be divided by
/// it would overflow.
constexpr float kLeast = 0x1p-100F;

std::size_t strip_rows(std::size_t side, std::size_t channels) {
  return std::clamp<std::size_t>(kStripBytes / (side * channels), 1, side);
}

/// A ring of whole strips: the last one, and all of those before it that the
/// window over its first row still reads.
std::size_t ring_rows(std::size_t rows) {
  return (1 + (kWindow - 1 + rows - 1) / rows) * rows;
}

Padding dense_padding(const Convolution& conv, std::size_t side,
                      Variant variant) {
  if (conv.kernel != 1) return padding_3x3(side, conv.stride, variant);
  Padding none;
  none.output_side = side;
  return none;
}

const Convolution& layer(std::size_t number) {
  return mobilenet_convolutions()[number];
}

}  // namespace

float int8_input(const simd::Int8Layers& layers, const float* in, float largest,
                 std::size_t n, std::uint8_t* out) {
  layers.quantize(in, largest < kLeast ? 0.0F : 127.0F / largest, n, out);
  return largest / 127.0F;
}

Int8Block::Int8Block(const Weights& weights, std::size_t first,
                     std::size_t side)
    : kernel_(layer(first).kernel),
      input_side_(side),
      input_channels_(layer(first).in),
      input_padding_(dense_padding(layer(first), side, weights.variant)),
      wide_side_(input_padding_.output_side),
      padding_(
          padding_3x3(wide_side_, layer(first + 1).stride, weights.variant)),
      output_side_(padding_.output_side),
      stride_(layer(first + 1).stride),
      adds_input_(layer(first + 2).adds_input),
      dense_(layer(first), fold_batch_norm(layer(first), weights), kSignedZero,
             kClippedStep),
      depthwise_(layer(first + 1), fold_batch_norm(layer(first + 1), weights)),
      project_(layer(first + 2), fold_batch_norm(layer(first + 2), weights), 0,
               1.0F),
      wide_rows_(strip_rows(wide_side_, dense_.out())),
      ring_rows_(ring_rows(wide_rows_)),
      filtered_rows_(strip_rows(output_side_, dense_.out())) {}

std::size_t Int8Block::padded_side() const {
  return input_padding_.before + input_side_ + input_padding_.after;
}

std::size_t Int8Block::output_floats() const {
  return output_side_ * output_side_ * project_.out();
}

Int8Sizes Int8Block::sizes() const {
  Int8Sizes sizes;
  sizes.input = padded_side() * padded_side() * input_channels_;
  if (has_windows())
    sizes.windows = wide_rows_ * wide_side_ * dense_.in_bytes();
  sizes.wide = ring_rows_ * wide_side_ * dense_.out();
  sizes.filtered = filtered_rows_ * output_side_ * dense_.out();
  sizes.scales =
      (dense_.scale_floats() + project_.scale_floats()) * sizeof(float);
  return sizes;
}

/// The input as bytes, with its padding. Returns their step.
float Int8Block::read_input(const float* in, float largest,
                            Int8Memory& memory) const {
  std::uint8_t* bytes = memory.input.as<std::uint8_t>();
  const std::size_t row_bytes = input_side_ * input_channels_;
  const float step =
      int8_input(*layers_, in, largest, input_side_ * row_bytes, bytes);
  if (!has_windows()) return step;
  // From the last row on, each moves to its place, which lies behind it.
  const std::size_t padded_bytes = padded_side() * input_channels_;
  const std::size_t before = input_padding_.before;
  for (std::size_t y = padded_side(); y-- > 0;) {
    std::uint8_t* row = bytes + y * padded_bytes;
    const std::size_t from = y - before;  // wraps round above the first
    if (from < input_side_) {
      std::memmove(row + before * input_channels_, bytes + from * row_bytes,
                   row_bytes);
      std::memset(row, kSignedZero, before * input_channels_);
      std::memset(row + before * input_channels_ + row_bytes, kSignedZero,
                  input_padding_.after * input_channels_);
    } else {
      std::memset(row, kSignedZero, padded_bytes);
    }
  }
  return step;
}

/// The windows of some rows of the wide image, each as Int8Convolution has it.
void Int8Block::write_windows(std::size_t row, std::size_t rows,
                              Int8Memory& memory) const {
  constexpr std::size_t kRowBytes = kWindow * 3;  // of three colours
  const std::size_t padded_bytes = padded_side() * input_channels_;
  const std::size_t stride = layer(0).stride;
  std::uint8_t* to = memory.windows.as<std::uint8_t>();
  for (std::size_t y = row; y < row + rows; ++y) {
    const std::uint8_t* from =
        memory.input.as<std::uint8_t>() + y * stride * padded_bytes;
    for (std::size_t x = 0; x < wide_side_; ++x) {
      for (std::size_t r = 0; r < kWindow; ++r)
        std::memcpy(to + r * kRowBytes, from + r * padded_bytes, kRowBytes);
      from += stride * input_channels_;
      to += dense_.in_bytes();
    }
  }
}

void Int8Block::widen(std::size_t row, std::size_t rows, const float* scales,
                      Int8Memory& memory) const {
  const std::uint8_t* in =
      memory.input.as<std::uint8_t>() + row * wide_side_ * input_channels_;
  if (has_windows()) {
    write_windows(row, rows, memory);
    in = memory.windows.as<std::uint8_t>();
  }
  layers_->dense(dense_.job(in, rows * wide_side_, scales),
                 memory.wide.as<std::uint8_t>() +
                     row % ring_rows_ * wide_side_ * dense_.out());
}

/// The last row of the wide image that a row of the output needs.
std::size_t Int8Block::last_wide_row(std::size_t row) const {
  return std::min(row * stride_ + kWindow - 1 - padding_.before,
                  wide_side_ - 1);
}

void Int8Block::filter(std::size_t row, Int8Memory& memory) const {
  const std::size_t channels = dense_.out();
  simd::Int8DepthwiseRow job = depthwise_.row();
  for (std::size_t r = 0; r < kWindow; ++r) {
    // Wraps round above the first row, which is outside as well.
    const std::size_t y = row * stride_ + r - padding_.before;
    if (y < wide_side_)
      job.rows[r] = memory.wide.as<std::uint8_t>() +
                    y % ring_rows_ * wide_side_ * channels;
  }
  job.width = wide_side_;
  job.before = padding_.before;
  job.out = memory.filtered.as<std::uint8_t>() +
            row % filtered_rows_ * output_side_ * channels;
  job.out_width = output_side_;
  layers_->depthwise_row(job);
}

float Int8Block::run(const float* in, float largest, Int8Memory& memory,
                     float* out) const {
  float* scales = memory.scales.as<float>();
  float* project_scales = scales + dense_.scale_floats();
  dense_.write_scales(read_input(in, largest, memory), scales);
  project_.write_scales(kClippedStep, project_scales);
  float largest_out = 0;
  std::size_t row = 0;  // of the output
  for (std::size_t have = 0; have < wide_side_;) {
    const std::size_t rows = std::min(wide_rows_, wide_side_ - have);
    widen(have, rows, scales, memory);
    have += rows;
    // Rows of the output whose windows are complete. Those that still need the
    // next strip wait for it.
    for (; row < output_side_ && last_wide_row(row) < have; ++row) {
      filter(row, memory);
      if ((row + 1) % filtered_rows_ != 0 && row + 1 != output_side_) continue;
      const std::size_t first = row / filtered_rows_ * filtered_rows_;
      largest_out = std::max(
          largest_out,
          layers_->dense_float(
              project_.job(memory.filtered.as<std::uint8_t>(),
                           (row + 1 - first) * output_side_, project_scales),
              adds_input_, out + first * output_side_ * project_.out()));
    }
  }
  return largest_out;
}

}  // namespace imsearch
