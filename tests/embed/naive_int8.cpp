#include "naive_int8.h"

#include "embed/layer.h"
#include "weights/mobilenet.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace imsearch::test {
namespace {

/// side x side x channels.
template <typename T>
struct Pixels {
  std::size_t side = 0;
  std::size_t channels = 0;
  std::vector<T> values;

  /// Outside the image: `zero`.
  T at(std::size_t y, std::size_t x, std::size_t c, T zero) const {
    if (y >= side || x >= side) return zero;
    return values[(y * side + x) * channels + c];
  }
};

template <typename T>
Pixels<T> empty_pixels(std::size_t side, std::size_t channels) {
  return {side, channels, std::vector<T>(side * side * channels)};
}

/// Weights in steps, a step for each channel: its largest is 127 of them.
struct Steps {
  explicit Steps(const FoldedConvolution& folded)
      : weights(folded.kernel.size()), step(folded.bias.size()) {
    const std::size_t each = weights.size() / step.size();
    for (std::size_t i = 0; i < weights.size(); ++i)
      step[i / each] =
          std::max(step[i / each], double{std::fabs(folded.kernel[i])} / 127);
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] = static_cast<std::int32_t>(
          std::nearbyint(double{folded.kernel[i]} / step[i / each]));
  }

  std::vector<std::int32_t> weights;  // (out, in or 1, kernel, kernel)
  std::vector<double> step;           // of each output channel
};

/// The sums of products of a layer, less what stands for 0.
Pixels<std::int32_t> sums_of(const Pixels<std::uint8_t>& in,
                             const Convolution& conv, const Steps& steps,
                             std::uint8_t zero, Variant variant) {
  Padding padding;
  padding.output_side = in.side;
  if (conv.kernel == 3) padding = padding_3x3(in.side, conv.stride, variant);
  auto out = empty_pixels<std::int32_t>(padding.output_side, conv.out);
  const std::size_t ins = conv.depthwise ? 1 : conv.in;
  auto* sum = out.values.data();
  for (std::size_t y = 0; y < out.side; ++y)
    for (std::size_t x = 0; x < out.side; ++x)
      for (std::size_t o = 0; o < conv.out; ++o, ++sum) {
        const std::int32_t* weight =
            &steps.weights[o * ins * conv.kernel * conv.kernel];
        for (std::size_t i = 0; i < ins; ++i)
          for (std::size_t v = 0; v < conv.kernel; ++v)
            for (std::size_t u = 0; u < conv.kernel; ++u)
              *sum += *weight++ * (in.at(y * conv.stride + v - padding.before,
                                         x * conv.stride + u - padding.before,
                                         conv.depthwise ? o : i, zero) -
                                   zero);
      }
  return out;
}

std::uint8_t byte_of(float value) {
  return static_cast<std::uint8_t>(
      std::min(std::max(std::nearbyint(value), 0.0F), 255.0F));
}

/// fma(sum, scale, bias) in steps of `out_step`, from those of `in_step`.
float scaled(std::int32_t sum, float in_step, double weight_step, float bias,
             float out_step) {
  return std::fma(static_cast<float>(sum),
                  in_step * static_cast<float>(weight_step / double{out_step}),
                  static_cast<float>(double{bias} / double{out_step}));
}

class Network {
 public:
  explicit Network(const Weights& weights) : weights_(weights) {}

  /// From bytes of `in_step` to bytes of 6 / 255, clipped.
  Pixels<std::uint8_t> clipped(const Pixels<std::uint8_t>& in,
                               const Convolution& conv, std::uint8_t zero,
                               float in_step) {
    const FoldedConvolution folded = fold_batch_norm(conv, weights_);
    const Steps steps(folded);
    const auto sums = sums_of(in, conv, steps, zero, weights_.variant);
    auto out = empty_pixels<std::uint8_t>(sums.side, conv.out);
    for (std::size_t i = 0; i < sums.values.size(); ++i) {
      const std::size_t c = i % conv.out;
      // A depthwise layer's steps are the same on both sides.
      const float value =
          conv.depthwise
              ? scaled(sums.values[i], 1, steps.step[c] * double{kStep},
                       folded.bias[c], kStep)
              : scaled(sums.values[i], in_step, steps.step[c], folded.bias[c],
                       kStep);
      out.values[i] = byte_of(value);
    }
    return out;
  }

  Pixels<float> linear(const Pixels<std::uint8_t>& in, const Convolution& conv,
                       std::uint8_t zero, float in_step) {
    const FoldedConvolution folded = fold_batch_norm(conv, weights_);
    const Steps steps(folded);
    const auto sums = sums_of(in, conv, steps, zero, weights_.variant);
    auto out = empty_pixels<float>(sums.side, conv.out);
    for (std::size_t i = 0; i < sums.values.size(); ++i) {
      const std::size_t c = i % conv.out;
      out.values[i] =
          scaled(sums.values[i], in_step, steps.step[c], folded.bias[c], 1);
    }
    return out;
  }

  static constexpr float kStep = 6.0F / 255.0F;

 private:
  const Weights& weights_;
};

Pixels<std::uint8_t> bytes_of(const Pixels<float>& image, float largest) {
  auto bytes = empty_pixels<std::uint8_t>(image.side, image.channels);
  const float scale = largest == 0 ? 0 : 127.0F / largest;
  for (std::size_t i = 0; i < bytes.values.size(); ++i)
    bytes.values[i] = byte_of(std::fma(image.values[i], scale, 128.0F));
  return bytes;
}

float largest_of(const Pixels<float>& image) {
  float largest = 0;
  for (const float value : image.values)
    largest = std::max(largest, std::fabs(value));
  return largest;
}

}  // namespace

std::vector<float> naive_int8(const Weights& weights,
                              const std::vector<float>& input) {
  constexpr std::uint8_t kZero = 128;
  const std::vector<Convolution>& layers = mobilenet_convolutions();
  Network network(weights);
  Pixels<float> image{weights.preprocessing.input_size, 3, input};
  // x / 127.5 - 1, or ImageNet's mean and deviation, blue of 1 being farthest.
  float largest =
      weights.preprocessing.scale == Preprocessing::Scale::kMinusOneToOne
          ? 1.0F
          : (1 - 0.406F) / 0.225F;
  for (std::size_t first = 0; first + 1 < layers.size(); first += 3) {
    const auto wide = network.clipped(bytes_of(image, largest), layers[first],
                                      kZero, largest / 127.0F);
    const auto filtered = network.clipped(wide, layers[first + 1], 0, 0);
    auto out = network.linear(filtered, layers[first + 2], 0, Network::kStep);
    if (layers[first + 2].adds_input)
      for (std::size_t i = 0; i < out.values.size(); ++i)
        out.values[i] += image.values[i];
    image = out;
    largest = largest_of(image);
  }
  const auto last = network.linear(bytes_of(image, largest), layers.back(),
                                   kZero, largest / 127.0F);
  std::vector<float> feature(last.channels);
  for (std::size_t i = 0; i < last.values.size(); ++i)
    feature[i % last.channels] += std::clamp(last.values[i], 0.0F, 6.0F);
  for (float& value : feature)
    value /= static_cast<float>(last.side * last.side);
  return feature;
}

}  // namespace imsearch::test
