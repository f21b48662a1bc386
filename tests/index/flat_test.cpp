#include "index/flat.h"
#include "base/error.h"
#include "index/sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace imsearch;
using namespace imsearch::test;

namespace {

/// All rows by a plain loop over exact_l2sq.
Hits naive(const Matrix& units, const float* query, std::size_t k) {
  Hits hits;
  for (std::uint32_t r = 0; r < units.rows(); ++r)
    hits.push_back({r, exact_l2sq(query, units.row(r), units.dim())});
  std::sort(hits.begin(), hits.end());
  hits.resize(std::min(k, hits.size()));
  return hits;
}

VectorSet set_of(const TempDir& folder, const Matrix& rows) {
  return VectorSet({folder.write("fvecs.bin", raw_bytes(rows))}, rows.dim());
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("flat search gives the bits of a plain loop, for any threads") {
    for (const std::size_t dim : {1U, 3U, 16U, 70U}) {
      const TempDir folder;
      const Matrix rows = random_rows(331, dim, 1);
      const Matrix units = unit_rows(rows);
      const Matrix queries = unit_rows(random_rows(67, dim, 2));
      const VectorSet set = set_of(folder, rows);
      for (const unsigned threads : {1U, 3U}) {
        const auto found = search_flat(set, queries.view(), 10, threads);
        REQUIRE(found.size() == 67);
        for (std::size_t q = 0; q < 67; ++q)
          CHECK(found[q] == naive(units, queries.row(q), 10));
      }
    }
  }

  TEST_CASE("a row finds itself at distance 0 and its copies in row order") {
    const TempDir folder;
    Matrix rows = random_rows(200, 20, 1);
    for (const std::size_t copy : {7U, 100U, 199U})
      std::copy_n(rows.row(3), 20, rows.row(copy));
    const Matrix units = unit_rows(rows);
    const auto found =
        search_flat(set_of(folder, rows), {units.row(3), 1, 20}, 4, 2);
    REQUIRE(found[0].size() == 4);
    const std::uint32_t expected[4] = {3, 7, 100, 199};
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(found[0][i].row == expected[i]);
      CHECK(found[0][i].l2sq == found[0][0].l2sq);
      CHECK(found[0][i].l2sq <= 1e-6F);
    }
  }

  TEST_CASE("a zero row has similarity 0.5 to a unit vector, 1 to a zero one") {
    const TempDir folder;
    Matrix rows = random_rows(3, 8, 1);
    std::fill_n(rows.row(1), 8, 0.0F);
    const VectorSet set = set_of(folder, rows);
    Matrix queries(2, 8);
    normalize(rows.row(0), 8, queries.row(0));
    const auto found = search_flat(set, queries.view(), 3, 1);
    for (const Hit& hit : found[0])
      if (hit.row == 1) CHECK(hit.similarity() == doctest::Approx(0.5));
    CHECK(found[1][0] == Hit{1, 0});
    CHECK(found[1][1].similarity() == doctest::Approx(0.5));
    CHECK(found[1][1].row == 0);
  }

  TEST_CASE("rows left out or skipped are not found; k may exceed the rows") {
    const TempDir folder;
    const Matrix rows = random_rows(150, 8, 1);
    const Matrix queries = unit_rows(rows);
    const VectorSet set = set_of(folder, rows);
    const auto all = search_flat(set, {queries.row(5), 1, 8}, 1000, 2);
    CHECK(all[0].size() == 150);
    CHECK(all[0][0].row == 5);

    const auto others = search_flat(set, {queries.row(5), 2, 8}, 1000, 2,
                                    {std::uint32_t{5}, std::nullopt});
    CHECK(others[0].size() == 149);
    CHECK(std::equal(others[0].begin(), others[0].end(), all[0].begin() + 1));
    CHECK(others[1].size() == 150);

    const auto odd =
        search_flat(set, {queries.row(5), 1, 8}, 1000, 2, {},
                    [](std::uint32_t row) { return row % 2 == 0; });
    CHECK(odd[0].size() == 75);
    for (const Hit& hit : odd[0]) CHECK(hit.row % 2 == 1);
  }

  TEST_CASE("no rows, no queries and k = 0 give nothing") {
    const TempDir folder;
    const Matrix rows = random_rows(5, 8, 1);
    const VectorSet set = set_of(folder, rows);
    const VectorSet none({folder.write("empty.bin", "")}, 8);
    CHECK(search_flat(none, rows.view(), 3, 1) == std::vector<Hits>(5));
    CHECK(search_flat(set, {nullptr, 0, 8}, 3, 1).empty());
    CHECK(search_flat(set, rows.view(), 0, 1) == std::vector<Hits>(5));
  }

  TEST_CASE("NaN among the rows stops the search, naming file and row") {
    const TempDir folder;
    Matrix rows = random_rows(200, 8, 1);
    rows.row(170)[7] = std::numeric_limits<float>::infinity();
    const VectorSet set = set_of(folder, rows);
    CHECK_THROWS_WITH_AS(
        search_flat(set, rows.view(), 3, 2),
        (folder / "fvecs.bin" + ": row 170: NaN or infinity").c_str(), Error);
  }
}
