#include "weights/weights.h"

#include "base/error.h"
#include "image/preprocess_text.h"
#include "io/checksum.h"
#include "io/file.h"
#include "weights/metadata.h"
#include "weights/torch_file.h"

#include <cmath>
#include <string_view>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n"sv;

enum class Kind { kSafetensors, kTorch, kKeras };

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

Kind kind_of(const std::string& path) {
  const std::string start = read_prefix(path, kTorchLegacyMagic.size());
  if (begins_with(start, kHdf5Magic)) return Kind::kKeras;
  if (begins_with(start, kTorchZipMagic)) return Kind::kTorch;
  if (begins_with(start, kTorchLegacyMagic)) return Kind::kTorch;
  // The length of the JSON header, then the header.
  constexpr std::size_t kHeaderAt = 8;
  if (start.size() > kHeaderAt && start[kHeaderAt] == '{')
    return Kind::kSafetensors;
  fail(
      "{}: not a weights file: expected safetensors, PyTorch's .pth or Keras "
      "HDF5 (.h5)",
      path);
}

Weights read_by_content(const std::string& path, const std::string& sha256,
                        Kind kind) {
  switch (kind) {
    case Kind::kSafetensors:
      return read_safetensors_weights(path);
    case Kind::kTorch:
      return read_torch_weights(path, sha256);
    case Kind::kKeras:
      break;
  }
  return read_keras_weights(path);
}

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

Weights read_weights(const std::string& path) {
  const Kind kind = kind_of(path);
  const std::string sha256 = sha256_of_file(path);
  Weights weights = read_by_content(path, sha256, kind);
  check_values(weights, path);
  weights.identity = {"mobilenet_v2",
                      to_string(weights.variant),
                      base_name(path),
                      sha256,
                      weights.preprocessing.input_size,
                      describe(weights.preprocessing)};
  return weights;
}

}  // namespace imsearch
