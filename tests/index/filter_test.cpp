// Searches among some rows alone, against a comparison with each of these.
#include "base/row_set.h"
#include "index/sample.h"
#include "index/searcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

namespace {

constexpr std::size_t kRows = 6000;
constexpr std::size_t kDim = 16;

const Sample& sample() {
  static const Sample kSample(random_rows(kRows, kDim, 1), {12, 64, 100}, 2);
  return kSample;
}

std::shared_ptr<const RowSet> rows_where(
    const std::function<bool(std::uint32_t)>& passes) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < kRows; ++row)
    if (passes(row)) rows.push_back(row);
  return std::make_shared<const RowSet>(kRows, rows);
}

/// All rows of the set by their distance, nearest first.
Hits ranked(const float* query, const RowSet& allowed) {
  const std::vector<Hits> all =
      search_flat(sample().vectors, MatrixView{query, 1, kDim}, kRows, 1, {});
  Hits hits;
  for (const Hit& hit : all[0])
    if (allowed.contains(hit.row)) hits.push_back(hit);
  return hits;
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("a search among some rows finds nearly all, whatever their share") {
    const Index index(sample().index_path);
    const Matrix queries = unit_rows(random_rows(50, kDim, 2));
    for (const std::size_t each : {1000U, 100U, 10U, 2U, 1U}) {
      CAPTURE(each);
      const auto allowed =
          rows_where([&](std::uint32_t row) { return row % each == 0; });
      Searcher searcher(index, allowed);
      std::size_t found = 0;
      std::size_t wanted = 0;
      for (std::size_t q = 0; q < queries.rows(); ++q) {
        const Hits best = ranked(queries.row(q), *allowed);
        const std::size_t k = std::min<std::size_t>(10, best.size());
        const Hits hits = searcher.search(queries.row(q), {10, 64});
        REQUIRE(hits.size() == k);
        wanted += k;
        for (const Hit& hit : hits) {
          CHECK(allowed->contains(hit.row));
          found += hit.l2sq <= best[k - 1].l2sq ? 1 : 0;
        }
      }
      CHECK(static_cast<double>(found) >= 0.99 * static_cast<double>(wanted));
    }
  }

  TEST_CASE("exact search among some rows gives the bits of flat search") {
    const Index index(sample().index_path);
    const Matrix queries = unit_rows(random_rows(5, kDim, 3));
    for (const std::size_t each : {300U, 7U, 2U}) {
      CAPTURE(each);
      const auto allowed =
          rows_where([&](std::uint32_t row) { return row % each == 1; });
      Searcher searcher(index, allowed);
      for (std::size_t q = 0; q < queries.rows(); ++q) {
        Hits best = ranked(queries.row(q), *allowed);
        best.resize(std::min<std::size_t>(15, best.size()));
        CHECK(searcher.search_exactly(queries.row(q), 15) == best);
      }
    }
  }

  TEST_CASE("the farthest half alone is found, and never fewer than k") {
    const Index index(sample().index_path);
    const Matrix queries = unit_rows(random_rows(5, kDim, 4));
    const auto all = rows_where([](std::uint32_t) { return true; });
    for (std::size_t q = 0; q < queries.rows(); ++q) {
      const Hits best = ranked(queries.row(q), *all);
      const float middle = best[kRows / 2].l2sq;
      std::vector<float> l2sq(kRows);
      for (const Hit& hit : best) l2sq[hit.row] = hit.l2sq;
      const auto far =
          rows_where([&](std::uint32_t row) { return l2sq[row] > middle; });
      const Hits hits = Searcher(index, far).search(queries.row(q), {40, 64});
      REQUIRE(hits.size() == 40);
      const Hits wanted = ranked(queries.row(q), *far);
      for (std::size_t i = 0; i < hits.size(); ++i) {
        CHECK(far->contains(hits[i].row));
        CHECK(hits[i].l2sq <= wanted[i].l2sq * 1.1F);
      }
    }
  }

  TEST_CASE("a row left out of a set makes room for the next of the set") {
    const Index index(sample().index_path);
    const auto allowed = rows_where([](std::uint32_t row) { return row < 3; });
    const Matrix query = unit_rows(random_rows(1, kDim, 5));
    Searcher searcher(index, allowed);
    CHECK(searcher.search(query.row(0), {10, 64}).size() == 3);
    CHECK(searcher.search(query.row(0), {10, 64}, 1).size() == 2);
    CHECK(searcher.search(query.row(0), {10, 64}, 3).size() == 3);
    const auto none = rows_where([](std::uint32_t) { return false; });
    CHECK(Searcher(index, none).search(query.row(0), {10, 64}).empty());
    CHECK(Searcher(index, none).search_exactly(query.row(0), 10).empty());
  }

  TEST_CASE("a zero query finds the first rows of a set") {
    const Index index(sample().index_path);
    const auto allowed =
        rows_where([](std::uint32_t row) { return row % 2 == 1; });
    const std::vector<float> zeros(kDim);
    const Hits hits = Searcher(index, allowed).search(zeros.data(), {3, 64});
    REQUIRE(hits.size() == 3);
    CHECK(hits[0].row == 1);
    CHECK(hits[2].row == 5);
  }
}
