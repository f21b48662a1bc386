// Weights from any of the files that people publish: the kind is told by the
// first bytes, the reader of that kind gives tensors with torchvision's names,
// and their values are checked here for all kinds alike. Safetensors and
// PyTorch's .pth, which have torchvision's names already, are read below;
// Keras's HDF5 in keras.cpp. What else is in a file (a classifier,
// num_batches_tracked) is left alone.
#include "weights/weights.h"

#include "base/error.h"
#include "image/preprocess_text.h"
#include "io/checksum.h"
#include "io/file.h"
#include "weights/metadata.h"
#include "weights/safetensors.h"
#include "weights/torch_file.h"

#include <fmt/ranges.h>

#include <cmath>
#include <string_view>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

/// MobileNet_V2_Weights.IMAGENET1K_V2 is to see pictures resized to 232, V1
/// and any other weights to 256 (torchvision/models/mobilenetv2.py). The file
/// does not say which it is; the first digits of its SHA-256 are in its
/// published name, mobilenet_v2-7ebf99e0.pth.
constexpr std::string_view kSecondSha256 = "7ebf99e0";
constexpr std::size_t kSecondResize = 232;

/// `File` is SafetensorsFile or TorchFile. Throws Error if a tensor is missing
/// or has another shape.
template <typename File>
std::map<std::string, WeightTensor> take_mobilenet_tensors(const File& file) {
  std::map<std::string, WeightTensor> tensors;
  for (const auto& [name, shape] : mobilenet_layout()) {
    const auto entry = file.entries().find(name);
    if (entry == file.entries().end())
      fail("{}: no tensor {}: not MobileNetV2 with torchvision's names",
           file.path(), name);
    if (entry->second.shape != shape)
      fail("{}: {} has the shape ({}), MobileNetV2 1.0 has ({})", file.path(),
           name, fmt::join(entry->second.shape, ", "), fmt::join(shape, ", "));
    tensors[name] = {shape, file.floats(name)};
  }
  return tensors;
}

constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n"sv;

enum class FileKind { kSafetensors, kTorch, kKeras };

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// By content, since people rename files.
FileKind kind_of(const std::string& path) {
  const std::string start = read_prefix(path, kTorchLegacyMagic.size());
  if (begins_with(start, kHdf5Magic)) return FileKind::kKeras;
  if (begins_with(start, kTorchZipMagic)) return FileKind::kTorch;
  if (begins_with(start, kTorchLegacyMagic)) return FileKind::kTorch;
  // The length of the JSON header, then the header.
  constexpr std::size_t kHeaderAt = 8;
  if (start.size() > kHeaderAt && start[kHeaderAt] == '{')
    return FileKind::kSafetensors;
  fail(
      "{}: not a weights file: expected safetensors, PyTorch's .pth or Keras "
      "HDF5 (.h5)",
      path);
}

Weights read_by_content(const std::string& path, const std::string& sha256,
                        FileKind kind) {
  switch (kind) {
    case FileKind::kSafetensors:
      return read_safetensors_weights(path);
    case FileKind::kTorch:
      return read_torch_weights(path, sha256);
    case FileKind::kKeras:
      break;
  }
  return read_keras_weights(path);
}

/// One value that is not a number would make every feature so, and a variance
/// that is not above -epsilon would make batch norm take the root of a negative
/// number.
void check_values(const Weights& weights, const std::string& path) {
  for (const auto& [name, tensor] : weights.tensors) {
    const std::string_view view = name;
    const bool variance = view.substr(view.rfind('.')) == ".running_var";
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      const float value = tensor.values[i];
      if (!std::isfinite(value))
        fail("{}: {}: value {} is {}", path, name, i, value);
      if (variance && !(value + weights.bn_epsilon > 0))
        fail("{}: {}: value {} is {}, no variance", path, name, i, value);
    }
  }
}

}  // namespace

Weights read_safetensors_weights(const std::string& path) {
  const SafetensorsFile file(path);
  Weights weights;
  apply_metadata(file.metadata(), path, weights);
  weights.tensors = take_mobilenet_tensors(file);
  return weights;
}

Weights read_torch_weights(const std::string& path, const std::string& sha256) {
  const TorchFile file(path);
  Weights weights;
  apply_variant(Variant::kTorchvision, weights);
  if (sha256.compare(0, kSecondSha256.size(), kSecondSha256) == 0)
    weights.preprocessing.resize_to = kSecondResize;
  weights.tensors = take_mobilenet_tensors(file);
  return weights;
}

Weights read_weights(const std::string& path, const std::string& known_sha256) {
  const FileKind kind = kind_of(path);
  // The hash is the model's identity: an index remembers it, and refuses
  // queries by vectors of another model.
  const std::string sha256 =
      known_sha256.empty() ? sha256_of_file(path) : known_sha256;
  Weights weights = read_by_content(path, sha256, kind);
  check_values(weights, path);
  weights.identity = {"mobilenet_v2",
                      to_string(weights.variant),
                      base_name(path),
                      sha256,
                      weights.preprocessing.input_size,
                      describe(weights.preprocessing),
                      false,
                      absolute_path(path)};
  return weights;
}

}  // namespace imsearch
