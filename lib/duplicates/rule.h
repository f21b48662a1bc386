// Whether two images are duplicates, and of which kind.
#pragma once

#include "duplicates/thresholds.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace imsearch {

/// How one image is a duplicate of another, the surest first.
enum class Relation { kBytes, kHash, kMirror, kTurned, kSimilar };

/// "bytes", "hash", "mirror", "turned", "similar".
const char* name_of(Relation relation);

/// What is known of an image beside its features.
struct ImageMarks {
  std::uint64_t content = 0;  // equal for files of equal bytes; 0: not known
  std::optional<std::uint64_t> phash = {};  // image/perceptual_hash.h
  /// It was looked at, and has no hash since there is next to nothing to see. A
  /// network finds all such pictures alike, black ones and night skies: only
  /// equal bytes make them duplicates.
  bool blank = false;
};

struct Verdict {
  Relation relation = Relation::kSimilar;
  /// In how many bits the hashes differ: for kMirror and kTurned those of the
  /// best fit, else those of the images as they are. None if one has no hash.
  std::optional<int> hash_bits = {};
};

/// One row of an index, and how it is a duplicate of another image.
struct Duplicate {
  std::uint32_t row = 0;
  float similarity = 0;
  Verdict verdict;
};

/// More like it: the same bytes, then more similar, then fewer bits. Rows do
/// not count.
bool is_closer(const Duplicate& a, const Duplicate& b);

/// Symmetric but for orientations: turned by 90 degrees one way is turned by 90
/// degrees the other way. Immutable.
class DuplicateRule {
 public:
  explicit DuplicateRule(const DuplicateThresholds& thresholds)
      : thresholds_(thresholds) {}

  const DuplicateThresholds& thresholds() const { return thresholds_; }

  /// `similarity`: of their features, a cosine.
  std::optional<Verdict> judge(const ImageMarks& a, const ImageMarks& b,
                               float similarity) const;

 private:
  DuplicateThresholds thresholds_;
};

}  // namespace imsearch
