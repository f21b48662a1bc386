// Weights from the files that give tensors torchvision's names: safetensors,
// and PyTorch's .pth. Whatever else is in such a file (a classifier,
// num_batches_tracked) is left alone.
#include "weights/metadata.h"
#include "weights/safetensors.h"
#include "weights/torch_file.h"
#include "weights/weights.h"

#include "base/error.h"

#include <fmt/ranges.h>

#include <map>
#include <string>
#include <string_view>

namespace imsearch {
namespace {

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

}  // namespace imsearch
