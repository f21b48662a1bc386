#include "weights/weights_files.h"

#include "base/error.h"

#include <fmt/ranges.h>

#include <cmath>
#include <cstring>
#include <random>

namespace imsearch::test {
namespace {

std::size_t product(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) count *= extent;
  return count;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Half of a width around a middle, so that no layer's values die or explode.
struct Range {
  float middle;
  float half_width;
};

Range range_of(const std::string& name, const std::vector<std::size_t>& shape) {
  if (shape.size() == 4) {
    const std::size_t fan_in = product(shape) / shape[0];
    return {0, 2.5F / std::sqrt(static_cast<float>(fan_in))};
  }
  const bool around_one =
      ends_with(name, ".weight") || ends_with(name, ".running_var");
  return {around_one ? 1.0F : 0.0F, around_one ? 0.5F : 0.3F};
}

StoredTensor stored_f32(const std::string& name, const WeightTensor& tensor) {
  std::string bytes(tensor.values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), tensor.values.data(), bytes.size());
  return {name, "F32", tensor.shape, bytes};
}

}  // namespace

std::map<std::string, WeightTensor> random_tensors(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::map<std::string, WeightTensor> tensors;
  for (const auto& [name, shape] : mobilenet_layout()) {
    const Range range = range_of(name, shape);
    WeightTensor tensor{shape, std::vector<float>(product(shape))};
    for (float& value : tensor.values)
      value = range.middle +
              range.half_width *
                  (static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F);
    tensors[name] = std::move(tensor);
  }
  return tensors;
}

bool same_tensors(const Weights& weights, std::uint32_t seed) {
  const auto expected = random_tensors(seed);
  if (weights.tensors.size() != expected.size()) return false;
  for (const auto& [name, tensor] : expected) {
    const WeightTensor& read = weights.tensors.at(name);
    if (read.shape != tensor.shape || read.values != tensor.values)
      return false;
  }
  return true;
}

std::string safetensors_of(const std::string& header,
                           const std::string& bytes) {
  std::string length(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(length.data(), &size, sizeof size);
  return length + header + bytes;
}

std::string safetensors(const std::vector<StoredTensor>& tensors,
                        const Metadata& metadata) {
  std::vector<std::string> entries;
  if (!metadata.empty()) {
    std::vector<std::string> pairs;
    for (const auto& [key, value] : metadata)
      pairs.push_back(fmt::format(R"("{}":"{}")", key, value));
    entries.push_back(
        fmt::format(R"("__metadata__":{{{}}})", fmt::join(pairs, ",")));
  }
  std::string bytes;
  for (const StoredTensor& tensor : tensors) {
    entries.push_back(fmt::format(
        R"("{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
        tensor.name, tensor.dtype, fmt::join(tensor.shape, ","), bytes.size(),
        bytes.size() + tensor.bytes.size()));
    bytes += tensor.bytes;
  }
  return safetensors_of(fmt::format("{{{}}}", fmt::join(entries, ",")), bytes);
}

std::string safetensors_weights(
    const std::map<std::string, WeightTensor>& tensors,
    const Metadata& metadata) {
  std::vector<StoredTensor> stored;
  stored.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors)
    stored.push_back(stored_f32(name, tensor));
  return safetensors(stored, metadata);
}

}  // namespace imsearch::test
