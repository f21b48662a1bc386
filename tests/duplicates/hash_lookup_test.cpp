// Found is what a comparison with every hash finds.
#include "duplicates/hash_lookup.h"

#include "image/perceptual_hash.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace {

using namespace imsearch;

using Hashes = std::vector<std::optional<std::uint64_t>>;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

std::vector<std::uint32_t> by_comparing(const Hashes& hashes,
                                        std::uint64_t hash, int bits) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < hashes.size(); ++row)
    if (hashes[row] && hash_distance(*hashes[row], hash) <= bits)
      rows.push_back(row);
  return rows;
}

/// Clusters of hashes that differ in up to 12 bits; some rows have none, some
/// share one.
Hashes clustered(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  Hashes hashes;
  std::uint64_t centre = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 20 == 0) centre = random();
    std::uint64_t hash = centre;
    for (std::size_t flips = i % 13; flips > 0; --flips)
      hash ^= std::uint64_t{1} << random() % 64;
    hashes.emplace_back(hash);
    if (i % 11 == 0) hashes.back().reset();
    if (i % 7 == 0 && i > 0) hashes.back() = hashes[i - 1];
  }
  return hashes;
}

}  // namespace

TEST_SUITE("duplicates") {
  TEST_CASE("hashes within some bits are those that comparing all finds") {
    const Hashes hashes = clustered(2000, 5);
    std::size_t found = 0;
    for (const int bits : {0, 1, 2, 3, 4, 5, 6, 9, 15}) {
      const HashLookup lookup(hashes, bits);
      for (const auto& hash : hashes) {
        if (!hash) continue;
        std::vector<std::uint32_t> rows = {77};  // what is there stays
        CHECK(lookup.find(*hash, kAll, rows));
        CHECK(rows[0] == 77);
        rows.erase(rows.begin());
        std::sort(rows.begin(), rows.end());
        CHECK(rows == by_comparing(hashes, *hash, bits));
        found += rows.size();
      }
    }
    CHECK(found > 50'000);
  }

  TEST_CASE("a lookup ends when enough were found, and says so") {
    const Hashes same(100, 7);
    const HashLookup lookup(same, 4);
    std::vector<std::uint32_t> rows;
    CHECK_FALSE(lookup.find(7, 60, rows));
    CHECK(rows.size() == 60);
    rows.clear();
    CHECK(lookup.find(7, 100, rows));
    CHECK(rows.size() == 100);
  }

  TEST_CASE("no hashes, no rows") {
    std::vector<std::uint32_t> rows;
    CHECK(HashLookup({}, 4).find(0, kAll, rows));
    CHECK(HashLookup(Hashes(5), 0).find(0, kAll, rows));
    CHECK(rows.empty());
  }
}
