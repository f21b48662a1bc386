#include "naive_mobilenet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace imsearch::test {
namespace {

/// Of the 17 blocks.
constexpr std::size_t kStrides[] = {1, 2, 1, 2, 1, 1, 2, 1, 1,
                                    1, 1, 1, 1, 2, 1, 1, 1};

/// side x side x channels.
struct Pixels {
  std::size_t side = 0;
  std::size_t channels = 0;
  std::vector<double> values;

  double& at(std::size_t y, std::size_t x, std::size_t c) {
    return values[(y * side + x) * channels + c];
  }
};

Pixels empty_pixels(std::size_t side, std::size_t channels) {
  return {side, channels, std::vector<double>(side * side * channels)};
}

class Network {
 public:
  explicit Network(const Weights& weights) : weights_(weights) {}

  /// Convolution, batch norm, and ReLU6 if `clip`. `keys`: where the kernel and
  /// the batch norm stand. Zero padding keeps ceil(side / stride) pixels.
  Pixels convolve(Pixels in, const std::string& kernel_key,
                  const std::string& norm_key, std::size_t stride, bool clip) {
    const WeightTensor& kernel = weights_.tensors.at(kernel_key + ".weight");
    const std::size_t out_channels = kernel.shape[0];
    const std::size_t in_channels = kernel.shape[1];
    const std::size_t size = kernel.shape[2];
    const bool depthwise = in_channels == 1;
    Pixels out = empty_pixels((in.side + stride - 1) / stride, out_channels);
    const std::size_t before = padding_before(in.side, size, stride);
    for (std::size_t y = 0; y < out.side; ++y)
      for (std::size_t x = 0; x < out.side; ++x)
        for (std::size_t o = 0; o < out_channels; ++o) {
          double sum = 0;
          for (std::size_t i = 0; i < in_channels; ++i)
            for (std::size_t v = 0; v < size; ++v)
              for (std::size_t u = 0; u < size; ++u) {
                const std::size_t row = y * stride + v - before;
                const std::size_t column = x * stride + u - before;
                if (row >= in.side || column >= in.side) continue;  // padding
                const std::size_t at =
                    ((o * in_channels + i) * size + v) * size + u;
                sum += double{kernel.values[at]} *
                       in.at(row, column, depthwise ? o : i);
              }
          sum = normalised(norm_key, o, sum);
          out.at(y, x, o) = clip ? std::clamp(sum, 0.0, 6.0) : sum;
        }
    return out;
  }

  /// Expand (but not in the first block), depthwise, project, shortcut.
  Pixels block(Pixels in, std::size_t number, std::size_t stride) {
    const std::string key = fmt::format("features.{}.conv.", number);
    const std::string wide = number == 1 ? "0." : "1.";
    const std::string out = number == 1 ? "1" : "2";
    const std::string norm = number == 1 ? "2" : "3";
    Pixels x = in;
    if (number > 1) x = convolve(x, key + "0.0", key + "0.1", 1, true);
    x = convolve(x, key + wide + "0", key + wide + "1", stride, true);
    x = convolve(x, key + out, key + norm, 1, false);
    if (stride == 1 && x.channels == in.channels)
      for (std::size_t i = 0; i < x.values.size(); ++i)
        x.values[i] += in.values[i];
    return x;
  }

 private:
  /// Keras at stride 2: a pixel before only where the side is odd.
  std::size_t padding_before(std::size_t side, std::size_t size,
                             std::size_t stride) const {
    if (size == 1) return 0;
    return weights_.variant == Variant::kKeras && stride == 2 ? side % 2 : 1;
  }

  double normalised(const std::string& key, std::size_t c, double x) const {
    const auto value = [&](const char* end) {
      return double{weights_.tensors.at(key + end).values[c]};
    };
    return (x - value(".running_mean")) /
               std::sqrt(value(".running_var") + double{weights_.bn_epsilon}) *
               value(".weight") +
           value(".bias");
  }

  const Weights& weights_;
};

}  // namespace

std::vector<double> naive_block(const Weights& weights, std::size_t number,
                                const std::vector<float>& input,
                                std::size_t side) {
  Pixels x{side, input.size() / (side * side),
           std::vector<double>(input.begin(), input.end())};
  Network network(weights);
  if (number == 1)
    x = network.convolve(x, "features.0.0", "features.0.1", 2, true);
  return network.block(x, number, kStrides[number - 1]).values;
}

std::vector<double> naive_mobilenet(const Weights& weights,
                                    const std::vector<float>& input) {
  Pixels x{weights.preprocessing.input_size, 3,
           std::vector<double>(input.begin(), input.end())};
  Network network(weights);
  x = network.convolve(x, "features.0.0", "features.0.1", 2, true);
  std::size_t number = 1;
  for (const std::size_t stride : kStrides)
    x = network.block(x, number++, stride);
  x = network.convolve(x, "features.18.0", "features.18.1", 1, true);
  std::vector<double> feature(x.channels);
  for (std::size_t i = 0; i < x.values.size(); ++i)
    feature[i % x.channels] +=
        x.values[i] / static_cast<double>(x.side * x.side);
  return feature;
}

}  // namespace imsearch::test
