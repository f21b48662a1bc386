// From which similarity on two images are duplicates: a property of the network
// that made the features, so that a number is known only for those networks for
// which it was measured (scripts/check/duplicates.sh).
#pragma once

#include "io/sidecar.h"

#include <optional>

namespace imsearch {

/// Two images are duplicates where any of these holds.
struct DuplicateThresholds {
  /// Their features are as similar.
  float similarity = 1;
  /// Their hashes differ in so many bits at most, and their features are not
  /// less similar than that. -1: hashes are not looked at.
  int hash_bits = -1;
  float hash_similarity = 0;
  /// The same of the hash of one and those of the other mirrored or turned.
  int turned_bits = -1;
  float turned_similarity = 0;
  /// Features and hashes both say so, neither of them loudly: what finds crops
  /// and borders.
  int agreed_bits = -1;
  float agreed_similarity = 1;
};

enum class Strictness { kLoose, kDefault, kStrict };

/// Those measured for this network; none for another.
std::optional<DuplicateThresholds> known_thresholds(const ModelIdentity& model,
                                                    Strictness strictness);

/// For a network that is not known, of which the user says `similarity`.
DuplicateThresholds thresholds_from(float similarity);

}  // namespace imsearch
