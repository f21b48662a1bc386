// Networks are known by the hash of their weights: others of the same layout,
// trained on other photos, put other numbers between images. Keras publishes no
// hash of its file, which is known by its name.
#include "duplicates/thresholds.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace imsearch {
namespace {

// Similarity; bits of hashes, turned ones, and those that agree, each with
// their similarity. Measured on 600 photos with 15 altered copies of each and
// 913 others, of which 55 million pairs are of different photos: by the default
// rule 4 of these are duplicates with Keras's weights, and 3 with the demo
// weights.
using ByStrictness = std::array<DuplicateThresholds, 3>;
constexpr ByStrictness kKeras = {{
    {0.92F, 5, 0.60F, 3, 0.40F, 14, 0.88F},
    {0.93F, 4, 0.60F, 2, 0.40F, 12, 0.90F},
    {0.95F, 3, 0.70F, 1, 0.50F, 10, 0.93F},
}};
constexpr ByStrictness kDemo = {{
    {0.990F, 5, 0.60F, 3, 0.40F, 12, 0.970F},
    {0.995F, 4, 0.70F, 2, 0.40F, 16, 0.980F},
    {0.998F, 3, 0.80F, 1, 0.60F, 10, 0.990F},
}};

// The official file, as Keras and as fetch-weights call it.
constexpr std::array<std::string_view, 2> kKerasFiles = {
    "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    "mobilenet_v2_keras.h5"};
// The same weights, known to 8 bits.
constexpr std::string_view kKeras8Bit =
    "c045bf98b991be1c070643ff1b9bf67c7be2bf1ae47079d69108c9d556a614f3";
constexpr std::string_view kDemoWeights =
    "bbe958bf0f95289ddf52a58961bf9c510457d81553a8b3684e47e2ed48420b56";

const ByStrictness* find(const ModelIdentity& model) {
  if (!model.known()) return nullptr;
  if (model.weights_sha256 == kDemoWeights) return &kDemo;
  if (model.weights_sha256 == kKeras8Bit) return &kKeras;
  const bool official = model.variant == "keras" &&
                        std::find(kKerasFiles.begin(), kKerasFiles.end(),
                                  model.weights) != kKerasFiles.end();
  return official ? &kKeras : nullptr;
}

}  // namespace

std::optional<DuplicateThresholds> known_thresholds(const ModelIdentity& model,
                                                    Strictness strictness) {
  const ByStrictness* found = find(model);
  if (found == nullptr) return std::nullopt;
  return (*found)[static_cast<std::size_t>(strictness)];
}

DuplicateThresholds thresholds_from(float similarity) {
  // With Keras's weights hashes are believed from a similarity on that is five
  // times, turned ones eight times, as far from 1 as the threshold.
  const float missing = 1 - similarity;
  return {similarity, 4, 1 - 5 * missing, 2, 1 - 8 * missing, -1, 1};
}

}  // namespace imsearch
