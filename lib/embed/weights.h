// MobileNetV2's weights, from the files that people publish.
//
// Read: safetensors (torchvision's keys; __metadata__ says the variant, the
// input size and the preprocessing) and Keras HDF5 (.h5, read in file order with
// shapes checked, both naming vocabularies). Told by content. The reader turns
// each into one form: torchvision's keys and layout (out, in, height, width),
// float32, without the classifier.
#pragma once

#include "image/preprocess.h"
#include "io/sidecar.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace imsearch {

struct Tensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;  // row-major
};

/// They differ in more than names: padding at stride 2 (Keras 0 left and top, 1
/// right and bottom; torchvision 1 all round) and batch norm's epsilon.
enum class Variant { kKeras, kTorchvision };

struct Weights {
  Variant variant = Variant::kKeras;
  float bn_epsilon = 1e-3F;
  Preprocessing preprocessing;
  std::map<std::string, Tensor> tensors;
  ModelIdentity identity;
};

/// The dimension of a feature: the channels of the last convolution.
inline constexpr std::size_t kMobilenetDim = 1280;

/// The names and shapes of the 260 tensors, in the order of the Keras file.
const std::vector<std::pair<std::string, std::vector<std::size_t>>>&
mobilenet_layout();

/// Reads and checks a weights file: all 260 tensors with the right shapes, all
/// values finite. Throws Error naming the file and the tensor.
Weights read_weights(const std::string& path);

/// The readers behind it (weights_safetensors.cpp, weights_keras.cpp).
Weights read_safetensors_weights(const std::string& path);
Weights read_keras_weights(const std::string& path);

/// The file that `wanted` means: "demo", "keras", "torchvision", a path; empty:
/// IMSEARCH_WEIGHTS, else demo. The demo weights are found beside the binary's
/// installation or in the source tree, fetched ones where fetch-weights.sh puts
/// them: ${XDG_DATA_HOME:-~/.local/share}/imsearch. Throws Error saying how to
/// get them.
std::string find_weights(const std::string& wanted);

/// Every weights file that find_weights() can name, and is there: what `query`
/// looks through for the model that an index records.
std::vector<std::string> known_weights();

}  // namespace imsearch
