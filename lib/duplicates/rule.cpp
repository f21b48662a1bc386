#include "duplicates/rule.h"

#include "image/exif.h"
#include "image/perceptual_hash.h"

#include <tuple>

namespace imsearch {
namespace {

constexpr int kAsItStands = 1;
constexpr int kMirrored = 2;
constexpr int kUpsideDownMirrored = 4;

}  // namespace

const char* name_of(Relation relation) {
  switch (relation) {
    case Relation::kBytes:
      return "bytes";
    case Relation::kHash:
      return "hash";
    case Relation::kMirror:
      return "mirror";
    case Relation::kTurned:
      return "turned";
    case Relation::kSimilar:
      return "similar";
  }
  return "";
}

bool is_closer(const Duplicate& a, const Duplicate& b) {
  constexpr int kFar = 64;
  const auto key = [=](const Duplicate& each) {
    return std::make_tuple(each.verdict.relation != Relation::kBytes,
                           -each.similarity,
                           each.verdict.hash_bits.value_or(kFar));
  };
  return key(a) < key(b);
}

std::optional<Verdict> DuplicateRule::judge(const ImageMarks& a,
                                            const ImageMarks& b,
                                            float similarity) const {
  const DuplicateThresholds& t = thresholds_;
  std::optional<int> bits;
  if (a.phash && b.phash) bits = hash_distance(*a.phash, *b.phash);
  if (a.content != 0 && a.content == b.content)
    return Verdict{Relation::kBytes, bits};
  if (a.blank || b.blank) return std::nullopt;
  if (bits && *bits <= t.hash_bits && similarity >= t.hash_similarity)
    return Verdict{Relation::kHash, bits};
  if (bits && similarity >= t.turned_similarity) {
    std::optional<Verdict> best;
    for (int o = kAsItStands + 1; o <= kOrientations; ++o) {
      const int turned = hash_distance(turned_hash(*a.phash, o), *b.phash);
      if (turned > t.turned_bits || (best && turned >= *best->hash_bits))
        continue;
      const bool mirror = o == kMirrored || o == kUpsideDownMirrored;
      best = {mirror ? Relation::kMirror : Relation::kTurned, turned};
    }
    if (best) return best;
  }
  const bool agreed =
      bits && *bits <= t.agreed_bits && similarity >= t.agreed_similarity;
  if (agreed || similarity >= t.similarity)
    return Verdict{Relation::kSimilar, bits};
  return std::nullopt;
}

}  // namespace imsearch
