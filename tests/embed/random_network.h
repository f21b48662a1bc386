// A network with seeded weights, and inputs for it.
#pragma once

#include "embed/engine.h"
#include "weights/metadata.h"
#include "weights/weights_files.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace imsearch::test {

inline Weights weights_for(Variant variant, std::size_t input_size) {
  Weights weights;
  apply_variant(variant, weights);
  weights.preprocessing.input_size = input_size;
  weights.tensors = random_tensors();
  return weights;
}

/// A picture as preprocess() writes one: from -1 to 1.
inline std::vector<float> random_input(const Weights& weights,
                                       std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> input(weights.preprocessing.input_floats());
  for (float& value : input)
    value = static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F;
  return input;
}

inline std::vector<float> feature_of(Engine& engine,
                                     const std::vector<float>& input) {
  std::vector<float> feature(engine.dim());
  engine.embed(input.data(), feature.data());
  return feature;
}

}  // namespace imsearch::test
