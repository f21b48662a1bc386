// MobileNetV2's weights, from the files that people publish.
//
// Read: safetensors (torchvision's keys; __metadata__ says the variant, the
// input size and the preprocessing), PyTorch's .pth as torchvision publishes
// it, in both containers, and Keras HDF5 (.h5, read in file order with shapes
// checked, both naming vocabularies). The kind is told by content. The reader
// turns each into one form: torchvision's keys and layout (out, in, height,
// width), float32, without the classifier.
#pragma once

#include "image/preprocess.h"
#include "io/sidecar.h"
#include "weights/mobilenet.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace imsearch {

struct WeightTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;  // row-major
};

/// Whose network it is. The two differ in more than names: padding at stride 2
/// (Keras 0 left and top, 1 right and bottom; torchvision 1 all round) and
/// batch norm's epsilon.
enum class Variant { kKeras, kTorchvision };

struct Weights {
  Variant variant = Variant::kKeras;
  float bn_epsilon = 1e-3F;
  Preprocessing preprocessing;
  std::map<std::string, WeightTensor> tensors;
  ModelIdentity identity;
};

/// Reads and checks a weights file: all 260 tensors with the right shapes, all
/// values finite, variances such that batch norm is defined; fills the
/// identity. `sha256`: of the file, where the caller has just computed it.
/// Throws Error naming the file and the tensor.
Weights read_weights(const std::string& path, const std::string& sha256 = "");

/// The readers behind read_weights(), by kind of file (the last in keras.cpp):
/// all tensors with the right shapes, values not checked, no identity. A
/// safetensors file without metadata is taken for torchvision's own: padding 1,
/// epsilon 1e-5, resized to 256, cropped to 224, ImageNet's mean and deviation.
/// So is every .pth, but that the file which `sha256` tells to be torchvision's
/// second weights is resized to 232.
Weights read_safetensors_weights(const std::string& path);
Weights read_torch_weights(const std::string& path, const std::string& sha256);
Weights read_keras_weights(const std::string& path);

}  // namespace imsearch
