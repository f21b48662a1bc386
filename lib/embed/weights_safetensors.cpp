#include "embed/safetensors.h"
#include "embed/weights.h"
#include "embed/weights_metadata.h"

#include "base/error.h"

#include <fmt/ranges.h>

namespace imsearch {

Weights read_safetensors_weights(const std::string& path) {
  const SafetensorsFile file(path);
  Weights weights;
  apply_metadata(file.metadata(), path, weights);
  // Whatever else is there (a classifier, num_batches_tracked) is not ours.
  for (const auto& [name, shape] : mobilenet_layout()) {
    const auto entry = file.entries().find(name);
    if (entry == file.entries().end())
      fail("{}: no tensor {}: not MobileNetV2 with torchvision's names", path,
           name);
    if (entry->second.shape != shape)
      fail("{}: {} has the shape ({}), MobileNetV2 1.0 has ({})", path, name,
           fmt::join(entry->second.shape, ", "), fmt::join(shape, ", "));
    weights.tensors[name] = {shape, file.floats(name)};
  }
  return weights;
}

}  // namespace imsearch
