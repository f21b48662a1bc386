// From folded weights to the packed ones of simd/int8_layers.h.
#include "embed/int8_convolution.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kTaps = 9;
constexpr double kMostWeight = 127;

// The bounds that simd/int8_layers.h asks for. Weights that come near them give
// nothing but 0 and 6 anyway.
constexpr float kMostScale = 0x1p4F;
constexpr float kMostBias = 0x1p29F;

std::size_t rounded_up(std::size_t n, std::size_t to) {
  return (n + to - 1) / to * to;
}

/// What a step is of weights whose largest one is to be 127 steps.
double step_of(const float* weights, std::size_t count) {
  float largest = 0;
  for (std::size_t i = 0; i < count; ++i)
    largest = std::max(largest, std::fabs(weights[i]));
  return double{largest} / kMostWeight;
}

std::int8_t in_steps(float weight, double step) {
  if (step == 0) return 0;
  return static_cast<std::int8_t>(std::clamp(
      std::nearbyint(double{weight} / step), -kMostWeight, kMostWeight));
}

float bounded(double value, float most) {
  return static_cast<float>(std::clamp(value, -double{most}, double{most}));
}

}  // namespace

Int8Convolution::Int8Convolution(const Convolution& conv,
                                 const FoldedConvolution& folded,
                                 std::int32_t zero, float out_step)
    : in_bytes_(rounded_up(conv.in * conv.kernel * conv.kernel, 4)),
      out_(conv.out) {
  constexpr std::size_t kBlock = simd::kInt8DenseBlock;
  const std::size_t padded = rounded_up(out_, kBlock);
  weights_ = AlignedBytes(padded * in_bytes_);
  start_.resize(padded);
  start_signed_.resize(padded);
  factors_.resize(padded);
  bias_.resize(padded);
  const std::size_t window = conv.kernel * conv.kernel;
  for (std::size_t o = 0; o < out_; ++o) {
    const float* weights = folded.kernel.data() + o * conv.in * window;
    const double step = step_of(weights, conv.in * window);
    std::int8_t* block =
        weights_.as<std::int8_t>() + o / kBlock * kBlock * in_bytes_;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < conv.in; ++i)
      for (std::size_t w = 0; w < window; ++w) {
        const std::int8_t weight = in_steps(weights[i * window + w], step);
        const std::size_t k = w * conv.in + i;  // as pixels have it
        block[(k / 4 * kBlock + o % kBlock) * 4 + k % 4] = weight;
        sum += weight;
      }
    start_[o] = -zero * sum;
    start_signed_[o] = start_[o] + kSignedZero * sum;
    factors_[o] = static_cast<float>(step / double{out_step});
    bias_[o] = bounded(double{folded.bias[o]} / double{out_step}, kMostBias);
  }
}

void Int8Convolution::write_scales(float in_step, float* scales) const {
  for (std::size_t c = 0; c < factors_.size(); ++c)
    // So written, NaN becomes the bound as well.
    scales[c] =
        in_step * factors_[c] < kMostScale ? in_step * factors_[c] : kMostScale;
}

simd::Int8Dense Int8Convolution::job(const std::uint8_t* in, std::size_t pixels,
                                     const float* scales) const {
  simd::Int8Dense job;
  job.in = in;
  job.pixels = pixels;
  job.in_channels = in_bytes_;
  job.out_channels = out_;
  job.weights = weights_.as<std::int8_t>();
  job.start = start_.data();
  job.start_signed = start_signed_.data();
  job.scale = scales;
  job.bias = bias_.data();
  return job;
}

Int8Depthwise::Int8Depthwise(const Convolution& conv,
                             const FoldedConvolution& folded)
    : channels_(conv.out), stride_(conv.stride) {
  constexpr std::size_t kBlock = simd::kInt8DepthwiseBlock;
  const std::size_t padded = rounded_up(channels_, kBlock);
  taps_ = AlignedBytes(padded * 3 * 4);
  scale_.resize(padded);
  bias_.resize(padded);
  for (std::size_t c = 0; c < channels_; ++c) {
    const float* weights = folded.kernel.data() + c * kTaps;
    const double step = step_of(weights, kTaps);
    const std::size_t place = simd::int8_depthwise_place(c);
    std::int8_t* taps = taps_.as<std::int8_t>() +
                        place / kBlock * kBlock * 3 * 4 + place % kBlock * 4;
    for (std::size_t t = 0; t < kTaps; ++t)
      taps[t % 3 * kBlock * 4 + t / 3] = in_steps(weights[t], step);
    scale_[place] = bounded(step, kMostScale);
    bias_[place] =
        bounded(double{folded.bias[c]} / double{kClippedStep}, kMostBias);
  }
}

simd::Int8DepthwiseRow Int8Depthwise::row() const {
  simd::Int8DepthwiseRow row;
  row.channels = channels_;
  row.stride = stride_;
  row.taps = taps_.as<std::int8_t>();
  row.scale = scale_.data();
  row.bias = bias_.data();
  return row;
}

}  // namespace imsearch
