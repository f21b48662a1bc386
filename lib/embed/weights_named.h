// MobileNetV2's tensors out of a file that gives tensors torchvision's names.
#pragma once

#include "embed/weights.h"

#include "base/error.h"

#include <fmt/ranges.h>

#include <map>
#include <string>

namespace imsearch {

/// `File` has path(), entries() (a map from names to what has a `shape`) and
/// floats(name), as SafetensorsFile and TorchFile do. Throws Error if a tensor
/// is missing or has another shape.
template <typename File>
std::map<std::string, WeightTensor> take_mobilenet_tensors(const File& file) {
  std::map<std::string, WeightTensor> tensors;
  // Whatever else is there (a classifier, num_batches_tracked) is not ours.
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

}  // namespace imsearch
