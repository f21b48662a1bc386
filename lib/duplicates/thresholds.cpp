// Networks are known by the hash of their weights: others of the same layout,
// trained on other photos, put other numbers between images.
#include "duplicates/thresholds.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace imsearch {
namespace {

struct Known {
  std::string_view sha256;  // its first digits, as many as are known
  std::array<DuplicateThresholds, 3> by_strictness;  // loose, default, strict
};

// similarity, hash bits with their similarity, turned bits with theirs.
constexpr std::array<DuplicateThresholds, 3> kKeras = {{
    {0.90F, 6, 0.60F, 4, 0.50F},
    {0.93F, 4, 0.60F, 2, 0.40F},
    {0.96F, 2, 0.70F, 0, 0.60F},
}};
constexpr std::array<DuplicateThresholds, 3> kDemo = {{
    {0.990F, 6, 0.80F, 4, 0.80F},
    {0.995F, 4, 0.80F, 2, 0.70F},
    {0.998F, 2, 0.90F, 0, 0.80F},
}};

}  // namespace

std::optional<DuplicateThresholds> known_thresholds(const ModelIdentity& model,
                                                    Strictness strictness) {
  static const std::array<Known, 1> known = {{{"", kKeras}}};
  (void)kDemo;
  for (const Known& each : known)
    if (model.known() &&
        model.weights_sha256.compare(0, each.sha256.size(), each.sha256) == 0)
      return each.by_strictness[static_cast<std::size_t>(strictness)];
  return std::nullopt;
}

DuplicateThresholds thresholds_from(float similarity) {
  // Below it by a third of what is missing to 1... see the rule of the others.
  return {similarity, 4, similarity - 0.3F, 2, similarity - 0.3F};
}

}  // namespace imsearch
