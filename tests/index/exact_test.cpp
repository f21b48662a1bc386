// Exact search by bounds, against the plain loop over all rows.
#include "index/index_impl.h"
#include "index/pruned_scan.h"
#include "index/sample.h"
#include "index/searcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <random>

using namespace imsearch;
using namespace imsearch::test;

namespace {

const HnswParams kSmallGraph = {8, 16, 100};

std::vector<SearchQuery> asked(const Matrix& queries) {
  std::vector<SearchQuery> all;
  all.reserve(queries.rows());
  for (std::size_t q = 0; q < queries.rows(); ++q)
    all.push_back({queries.row(q)});
  return all;
}

/// For each query what the plain loop finds, one by one and all at once.
void check_exact(const Matrix& rows, const Matrix& queries, std::size_t k) {
  const Sample sample(rows, kSmallGraph, 3);
  const Index index(sample.index_path);
  Searcher searcher(index);
  const auto truth = search_flat(sample.vectors, queries.view(), k, 1);
  for (std::size_t q = 0; q < queries.rows(); ++q)
    CHECK(searcher.search_exactly(queries.row(q), k) == truth[q]);
  CHECK(searcher.search_exactly(asked(queries), k) == truth);
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("exact search gives the bits of flat search") {
    for (const std::size_t dim : {1U, 2U, 5U, 33U, 64U, 70U, 200U})
      for (const std::size_t rows : {1U, 70U, 3000U}) {
        CAPTURE(dim);
        CAPTURE(rows);
        const Matrix queries = unit_rows(random_rows(20, dim, 2));
        check_exact(random_rows(rows, dim, 1), queries, 10);
        check_exact(random_rows(rows, dim, 1), queries, rows + 5);
      }
  }

  TEST_CASE("exact search of projected rows gives the same bits") {
    const Matrix rows = rows_with(4000, 192, 30);
    const Matrix all = unit_rows(rows_with(4050, 192, 30));
    Matrix queries(50, 192);
    std::copy_n(all.row(4000), 50 * 192, queries.row(0));
    check_exact(rows, queries, 10);
    check_exact(rows, queries, 1);
    check_exact(rows, unit_rows(random_rows(10, 192, 3)), 300);
  }

  TEST_CASE("rows far from all that was analysed are found too") {
    // One row in four thousand is a spike, which no component knows of and
    // whose short code is clamped.
    Matrix rows = rows_with(4000, 192, 30);
    std::fill_n(rows.row(3333), 192, 0.0F);
    rows.row(3333)[77] = -1;
    Matrix queries(2, 192);
    queries.row(0)[77] = -1;
    queries.row(1)[77] = 1;
    check_exact(rows, queries, 10);
  }

  TEST_CASE("copies and zero rows come in the order of rows") {
    Matrix rows = random_rows(600, 20, 1);
    for (const std::size_t copy : {7U, 100U, 599U})
      std::copy_n(rows.row(3), 20, rows.row(copy));
    for (const std::size_t zero : {0U, 300U})
      std::fill_n(rows.row(zero), 20, 0.0F);
    Matrix queries(3, 20);
    std::copy_n(unit_rows(rows).row(3), 20, queries.row(0));
    std::copy_n(unit_rows(rows).row(5), 20, queries.row(1));
    check_exact(rows, queries, 4);
    check_exact(rows, queries, 600);
  }

  TEST_CASE("a row left out of exact search makes room for the next") {
    const Sample sample(rows_with(3000, 128, 20), kSmallGraph);
    const Index index(sample.index_path);
    Searcher searcher(index);
    std::vector<float> unit(128);
    index.read_unit(17, unit.data());
    const Hits with = searcher.search_exactly(unit.data(), 11);
    const Hits without = searcher.search_exactly(unit.data(), 10, 17);
    REQUIRE(with.size() == 11);
    CHECK(with[0].row == 17);
    CHECK(std::equal(without.begin(), without.end(), with.begin() + 1));
    CHECK(searcher.search_exactly(unit.data(), 0).empty());
    CHECK(searcher.search_exactly(unit.data(), 5000, 17).size() == 2999);
  }

  TEST_CASE("queries at once are answered as one by one") {
    const Sample sample(rows_with(3000, 128, 20), kSmallGraph);
    Index index(sample.index_path);
    std::vector<std::uint32_t> some(1500);
    std::iota(some.begin(), some.end(), 700U);
    const auto allowed = std::make_shared<const RowSet>(3000, some);
    for (const auto& rows : {std::shared_ptr<const RowSet>(), allowed}) {
      CAPTURE(rows == nullptr);
      Searcher searcher(index, rows);
      // More than are scanned at once; some leave a row out, which may be one
      // that is not allowed anyway.
      Matrix units(3 * searcher.exact_together() / 2 + 1, 128);
      std::vector<SearchQuery> queries;
      queries.reserve(units.rows());
      for (std::size_t q = 0; q < units.rows(); ++q) {
        const auto row = static_cast<std::uint32_t>(23 * q);
        index.read_unit(row, units.row(q));
        queries.push_back({units.row(q)});
        if (q % 3 == 0) queries.back().excluded = row;
      }
      REQUIRE(queries.size() > searcher.exact_together());
      for (const std::size_t k : {0U, 1U, 10U, 4000U}) {
        CAPTURE(k);
        const std::vector<Hits> all = searcher.search_exactly(queries, k);
        REQUIRE(all.size() == queries.size());
        for (std::size_t q = 0; q < queries.size(); ++q)
          CHECK(all[q] == searcher.search_exactly(queries[q].unit, k,
                                                  queries[q].excluded));
      }
    }
    CHECK(
        Searcher(index).search_exactly(std::vector<SearchQuery>{}, 10).empty());
  }

  TEST_CASE("few rows are compared exactly") {
    const Sample sample(rows_with(4000, 192, 30), kSmallGraph);
    const Index index(sample.index_path);
    const Index::Impl& impl = index.impl();
    std::vector<float> unit(192);
    index.read_unit(5, unit.data());
    CodedQuery query = {impl.codes.code(5), impl.codes.scales[5],
                        impl.view.code(5), impl.errors[5]};
    const auto left = PrunedScan(impl).candidates(
        {{query, 10, [](std::uint32_t) { return false; }}});
    REQUIRE(left.size() == 1);
    CHECK(left[0].size() >= 10);
    CHECK(left[0].size() < 60);
  }

  TEST_CASE("without the vectors, exact search ranks by the codes") {
    const Sample sample(rows_with(3000, 128, 20), kSmallGraph);
    std::filesystem::remove(sample.vectors_path);
    const Index index(sample.index_path);
    std::vector<float> unit(128);
    std::vector<float> other(128);
    index.read_unit(5, unit.data());
    Hits all;
    for (std::uint32_t row = 0; row < 3000; ++row) {
      index.read_unit(row, other.data());
      all.push_back({row, exact_l2sq(unit.data(), other.data(), 128)});
    }
    std::sort(all.begin(), all.end());
    all.resize(10);
    CHECK(Searcher(index).search_exactly(unit.data(), 10) == all);
  }
}
