// Weights files for tests, made from a seed: small in effect, full in shape.
#pragma once

#include "weights/weights.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace imsearch::test {

/// MobileNetV2's 260 tensors with seeded values that keep activations near 1.
std::map<std::string, WeightTensor> random_tensors(std::uint32_t seed = 1);

/// True if those are the tensors of random_tensors(seed).
bool same_tensors(const Weights& weights, std::uint32_t seed);

/// One tensor of a safetensors file, its bytes as they will stand there.
struct StoredTensor {
  std::string name;
  std::string dtype;
  std::vector<std::size_t> shape;
  std::string bytes;
};

using Metadata = std::map<std::string, std::string>;

/// A safetensors file: a header for `tensors` laid end to end, and their bytes.
/// No metadata: no __metadata__ at all.
std::string safetensors(const std::vector<StoredTensor>& tensors,
                        const Metadata& metadata = {});

/// Just length, header and bytes, right or wrong.
std::string safetensors_of(const std::string& header, const std::string& bytes);

/// Such a file of all `tensors` as F32.
std::string safetensors_weights(
    const std::map<std::string, WeightTensor>& tensors,
    const Metadata& metadata = {});

enum class KerasNames { kOfficial, kToday };

struct KerasFile {
  KerasNames names = KerasNames::kOfficial;
  bool whole_model = false;       // below /model_weights
  bool variable_length = false;   // names as variable-length strings
  std::size_t wrong_layer = 999;  // this weighted layer gets one value more
  std::size_t drop_layers = 0;    // so many of the last are missing
};

/// Writes random_tensors(seed) to an .h5 at `path`, as Keras would.
void write_keras_weights(const std::string& path, const KerasFile& file = {},
                         std::uint32_t seed = 1);

}  // namespace imsearch::test
