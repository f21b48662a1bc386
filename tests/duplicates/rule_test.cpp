#include "duplicates/rule.h"

#include "image/perceptual_hash.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imsearch;

constexpr std::uint64_t kHash = 0x5e5fa17664a95454;
constexpr std::uint64_t kOther = 0x06db0e20fe01fe0f;

const DuplicateRule& rule() {
  static const DuplicateRule rule({0.93F, 4, 0.6F, 2, 0.4F, 12, 0.9F});
  return rule;
}

/// "hash 3", or "" where the two are no duplicates.
std::string judged(const ImageMarks& a, const ImageMarks& b, float similarity) {
  const auto verdict = rule().judge(a, b, similarity);
  const auto back = rule().judge(b, a, similarity);
  CHECK(verdict.has_value() == back.has_value());
  if (!verdict) return "";
  CHECK(verdict->relation == back->relation);
  CHECK(verdict->hash_bits == back->hash_bits);
  return std::string(name_of(verdict->relation)) + " " +
         (verdict->hash_bits ? std::to_string(*verdict->hash_bits) : "-");
}

}  // namespace

TEST_SUITE("duplicates") {
  TEST_CASE("each signal has its limits, and is checked by another") {
    const ImageMarks hashed = {0, kHash};
    CHECK(judged({1, kHash}, {1, kOther}, -1) ==
          "bytes " + std::to_string(hash_distance(kHash, kOther)));
    CHECK(judged({1, {}}, {1, {}}, -1) == "bytes -");
    CHECK(judged({1, {}}, {2, {}}, 0.92F).empty());
    CHECK(judged({0, {}}, {0, {}}, 0.92F).empty());
    CHECK(judged({0, {}}, {0, {}}, 0.93F) == "similar -");
    CHECK(judged(hashed, {0, kHash ^ 0xF}, 0.6F) == "hash 4");
    CHECK(judged(hashed, {0, kHash ^ 0xF}, 0.59F).empty());
    CHECK(judged(hashed, {0, kHash ^ 0x1F}, 0.89F).empty());
    CHECK(judged(hashed, {0, kHash ^ 0x1F}, 0.9F) == "similar 5");
    CHECK(judged(hashed, {0, kHash ^ 0xFFF}, 0.9F) == "similar 12");
    CHECK(judged(hashed, {0, kHash ^ 0x1FFF}, 0.92F).empty());
    CHECK(judged(hashed, {0, kOther}, 0.93F) ==
          "similar " + std::to_string(hash_distance(kHash, kOther)));
  }

  TEST_CASE("of pictures with nothing to see only bytes tell") {
    const ImageMarks blank = {1, {}, true};
    CHECK(judged(blank, {1, {}, true}, 0.5F) == "bytes -");
    CHECK(judged(blank, {2, {}, true}, 1).empty());
    CHECK(judged(blank, {0, kHash}, 1).empty());
    CHECK(judged(blank, {0, {}}, 1).empty());
  }

  TEST_CASE("pictures fit in eight orientations") {
    for (int o = 2; o <= 8; ++o) {
      CAPTURE(o);
      const std::string name = o == 2 || o == 4 ? "mirror" : "turned";
      const std::uint64_t turned = turned_hash(kHash, o);
      CHECK(judged({0, kHash}, {0, turned ^ 3}, 0.4F) == name + " 2");
      CHECK(judged({0, kHash}, {0, turned ^ 3}, 0.39F).empty());
      CHECK(judged({0, kHash}, {0, turned ^ 7}, 0.5F).empty());
    }
  }

  TEST_CASE("what is more alike comes first") {
    const Duplicate bytes = {0, 0.5F, {Relation::kBytes, 9}};
    const Duplicate near = {1, 0.9F, {Relation::kSimilar, 9}};
    const Duplicate far = {2, 0.8F, {Relation::kHash, 1}};
    const Duplicate bits = {3, 0.8F, {Relation::kHash, 0}};
    CHECK(is_closer(bytes, near));
    CHECK(is_closer(near, far));
    CHECK(is_closer(bits, far));
    CHECK_FALSE(is_closer(far, bits));
    CHECK_FALSE(is_closer(far, far));
  }
}
