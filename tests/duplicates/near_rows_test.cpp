// Neighbours of rows within a distance, against a comparison with all rows.
#include "index/near_rows.h"

#include "index/build.h"
#include "index/flat.h"
#include "index/reduction_fit.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

namespace {

using namespace imsearch;

constexpr std::size_t kDim = 32;

/// Rows around centres, each with a few that are near, some equal.
std::vector<float> clustered(std::size_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> centre(kDim);
  std::vector<float> values;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i % 6 == 0)
      for (float& value : centre) value = normal(random);
    const float spread = 0.02F * static_cast<float>(i % 6);
    for (const float value : centre)
      values.push_back(value + spread * normal(random));
  }
  for (std::size_t i = 0; i < 40 * kDim; ++i) values[i] = values[i % kDim];
  return values;
}

struct Indexed {
  /// `zero`: row 100 is.
  explicit Indexed(std::size_t rows, bool zero = false) {
    std::vector<float> values = clustered(rows, 2);
    if (zero) std::fill_n(values.begin() + 100 * kDim, kDim, 0.0F);
    dir.write("v.bin", {reinterpret_cast<const char*>(values.data()),
                        values.size() * 4});
    const VectorSet vectors({dir / "v.bin"}, kDim);
    Names names;
    for (std::size_t i = 0; i < rows; ++i) names.append(std::to_string(i));
    build_index(vectors, names, {}, {}, fit_reduction(vectors, 0), 0,
                dir / "v.index", {});
    index = std::make_unique<Index>(dir / "v.index");
    units.resize(rows * kDim);
    for (std::uint32_t row = 0; row < rows; ++row)
      index->read_unit(row, units.data() + row * kDim);
  }

  std::set<std::uint32_t> by_comparing(std::uint32_t row, float l2sq) const {
    std::set<std::uint32_t> near;
    std::vector<float> distances(index->rows());
    exact_l2sq(units.data() + row * kDim, units.data(), index->rows(), kDim,
               distances.data());
    for (std::uint32_t other = 0; other < index->rows(); ++other)
      if (other != row && distances[other] <= l2sq) near.insert(other);
    return near;
  }

  test::TempDir dir;
  std::unique_ptr<Index> index;
  std::vector<float> units;
};

std::size_t missed(const Indexed& indexed, std::size_t step, float l2sq,
                   std::size_t& all) {
  NearRows near(*indexed.index);
  std::size_t missed = 0;
  for (std::uint32_t row = 0; row < indexed.index->rows();
       row += static_cast<std::uint32_t>(step)) {
    if (near.is_zero(row)) continue;
    const std::set<std::uint32_t> expected = indexed.by_comparing(row, l2sq);
    std::set<std::uint32_t> found;
    for (const Hit& hit : near.near(row, l2sq, 16, false).hits) {
      CHECK(expected.count(hit.row) == 1);
      found.insert(hit.row);
    }
    missed += expected.size() - found.size();
    all += expected.size();
  }
  return missed;
}

}  // namespace

TEST_SUITE("duplicates") {
  TEST_CASE("few rows are compared whole, and none is missed") {
    const Indexed indexed(1500);
    std::size_t all = 0;
    CHECK(missed(indexed, 1, 0.05F, all) == 0);
    CHECK(all > 3000);
  }

  TEST_CASE("a walk of more rows misses next to none, crowds included") {
    const Indexed indexed(12'000);
    std::size_t all = 0;
    const std::size_t lost = missed(indexed, 3, 0.05F, all);
    CHECK(all > 5000);
    CHECK(lost * 1000 <= all);
    // 40 equal rows, of which the first question wants 16.
    NearRows near(*indexed.index);
    const NearRows::Answer once = near.near(0, 0.01F, 16, true);
    CHECK_FALSE(once.complete);
    CHECK(once.hits.size() >= 16);
    CHECK(near.near(0, 0.01F, 16, false).hits.size() >= 39);
  }

  TEST_CASE("a zero row is near none") {
    const Indexed indexed(1500, true);
    NearRows near(*indexed.index);
    CHECK(near.is_zero(100));
    CHECK(near.near(100, 4, 16, false).hits.empty());
    for (const Hit& hit : near.near(0, 4, 16, false).hits)
      CHECK(hit.row != 100);
  }
}
