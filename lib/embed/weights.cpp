#include "embed/weights.h"

#include "base/error.h"
#include "embed/weights_metadata.h"
#include "io/file.h"
#include "io/sha256.h"

#include <cmath>
#include <string_view>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kHdf5Magic = "\x89HDF\r\n\x1a\n"sv;
constexpr std::string_view kZipMagic = "PK\x03\x04"sv;
/// A pickle of protocol 2 that begins with torch.save's magic number.
constexpr std::string_view kOldTorchMagic = "\x80\x02\x8a\x0a"sv;

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

Weights read_by_content(const std::string& path) {
  const std::string start = read_prefix(path, 9);
  if (begins_with(start, kHdf5Magic)) return read_keras_weights(path);
  if (begins_with(start, kZipMagic) || begins_with(start, kOldTorchMagic))
    fail(
        "{}: PyTorch's .pth files are not read yet: save the weights as "
        "safetensors, with torchvision's names",
        path);
  // The length of the JSON header, then the header.
  if (start.size() < 9 || start[8] != '{')
    fail("{}: not a weights file: expected safetensors or Keras HDF5 (.h5)",
         path);
  return read_safetensors_weights(path);
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
  Weights weights = read_by_content(path);
  check_values(weights, path);
  weights.identity = {"mobilenet_v2",
                      to_string(weights.variant),
                      path.substr(path.rfind('/') + 1),
                      sha256_of_file(path),
                      weights.preprocessing.input_size,
                      describe(weights.preprocessing)};
  return weights;
}

}  // namespace imsearch
