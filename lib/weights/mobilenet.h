// MobileNetV2 1.0 without its classifier, as a list of 52 convolutions.
//
// A stem, 17 inverted residual blocks (expand 1x1, depthwise 3x3, project 1x1)
// and a last 1x1 convolution to 1280 channels; batch norm after each, ReLU6
// after all but the projections; then the mean over all pixels. Channels and
// strides: Sandler et al. 2018, table 2. Keys are torchvision's
// (torchvision/models/mobilenetv2.py), layers are in the order of the Keras
// file, which is the order of execution.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace imsearch {

/// One convolution without bias, and the batch norm after it.
struct Convolution {
  std::string weight;  // key: "features.1.conv.0.0.weight"
  std::string norm;    // its batch norm's keys begin so: "features.1.conv.0.1"
  std::size_t in = 0;  // channels
  std::size_t out = 0;
  std::size_t kernel = 1;  // 1 or 3, square
  std::size_t stride = 1;
  bool depthwise = false;     // in == out, each channel on its own
  bool clipped = true;        // ReLU6 follows
  bool begins_block = false;  // its input is what a later one may add
  bool adds_input = false;    // the block's input is added to its output

  /// (out, in or 1, kernel, kernel).
  std::vector<std::size_t> weight_shape() const;
};

/// All of them in order of execution.
const std::vector<Convolution>& mobilenet_convolutions();

/// What a batch norm's keys end in, in the order of the Keras file: gamma,
/// beta, moving mean, moving variance.
inline constexpr const char* kNormKeys[] = {".weight", ".bias", ".running_mean",
                                            ".running_var"};

/// The dimension of a feature: the channels of the last convolution.
inline constexpr std::size_t kMobilenetDim = 1280;

/// The names and shapes of the 260 tensors, in the order of the Keras file.
const std::vector<std::pair<std::string, std::vector<std::size_t>>>&
mobilenet_layout();

}  // namespace imsearch
