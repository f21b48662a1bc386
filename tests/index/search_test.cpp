#include "base/error.h"
#include "index/deletions.h"
#include "index/graph_search.h"
#include "index/index_impl.h"
#include "index/sample.h"
#include "index/searcher.h"
#include "index/sq8.h"
#include "io/file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

using namespace imsearch;
using namespace imsearch::test;

namespace {

// More rows than are ever scanned for an ef this small (searcher.cpp).
constexpr std::size_t kWalkedRows = 2500;
constexpr std::size_t kSmallEf = 64;
const HnswParams kSmallGraph = {12, 64, 100};

Hits search_one(const Index& index, const float* query, std::size_t k,
                std::size_t ef,
                std::optional<std::uint32_t> excluded = std::nullopt) {
  return Searcher(index).search(query, {k, ef}, excluded);
}

void remove_file(const std::string& path) {
  std::filesystem::remove(path);
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("small indexes are searched without loss, whatever their size") {
    for (const std::size_t dim : {1U, 2U, 5U, 33U, 64U, 70U})
      for (const std::size_t rows : {1U, 2U, 3U, 60U, 400U}) {
        CAPTURE(dim);
        CAPTURE(rows);
        const Sample sample(random_rows(rows, dim, 1));
        const Index index(sample.index_path);
        CHECK(index.why_no_vectors() == "");
        CHECK(recall(index, sample.vectors, unit_rows(random_rows(20, dim, 2)),
                     {10, 256}) == 1);
      }
  }

  TEST_CASE("walks through the graph find nearly all") {
    const std::pair<std::size_t, unsigned> cases[] = {{3, 1}, {16, 3}, {70, 3}};
    for (const auto& each : cases) {
      const std::size_t dim = each.first;
      CAPTURE(dim);
      const Sample sample(random_rows(kWalkedRows, dim, 1), kSmallGraph,
                          each.second);
      const Index index(sample.index_path);
      const Matrix queries = unit_rows(random_rows(100, dim, 2));
      CHECK(recall(index, sample.vectors, queries, {10, kSmallEf}) >= 0.99);
      CHECK(recall(index, sample.vectors, queries, {10, 16}) >= 0.9);
    }
  }

  TEST_CASE("a walk finds the rows whose codes are nearest") {
    const Sample sample(random_rows(kWalkedRows, 20, 1), kSmallGraph);
    const Index index(sample.index_path);
    const GraphView& view = index.impl().view;
    GraphSearch search(view);
    const Matrix queries = unit_rows(random_rows(50, 20, 2));
    std::vector<std::int8_t> code8(code_stride(20));
    std::vector<std::int8_t> code(view.width);
    std::size_t found = 0;
    for (std::size_t q = 0; q < 50; ++q) {
      const float scale = encode_sq8(queries.row(q), 20, code8.data());
      index.impl().reduction.encode(queries.row(q), code8.data(), scale,
                                    code.data());
      Hits all;
      for (std::uint32_t row = 0; row < view.rows; ++row)
        all.push_back({row, static_cast<float>(simd::active().l2sq_i8(
                                code.data(), view.code(row), view.width))});
      std::sort(all.begin(), all.end());
      const Hits walked = search.walk(code.data(), kSmallEf, kSmallEf, {});
      CHECK(walked.size() == kSmallEf);
      CHECK(std::is_sorted(
          walked.begin(), walked.end(),
          [](const Hit& a, const Hit& b) { return a.l2sq < b.l2sq; }));
      for (const Hit& hit : walked) {
        CHECK(all.end() != std::find(all.begin(), all.end(), hit));
        found += hit.l2sq <= all[kSmallEf - 1].l2sq ? 1 : 0;
      }
    }
    CHECK(found >= 50 * kSmallEf * 95 / 100);
  }

  TEST_CASE("every row finds itself first") {
    const Sample sample(random_rows(kWalkedRows, 16, 1), kSmallGraph);
    const Index index(sample.index_path);
    Searcher searcher(index);
    std::vector<float> unit(16);
    std::size_t itself = 0;
    for (std::uint32_t row = 0; row < kWalkedRows; ++row) {
      index.read_unit(row, unit.data());
      const Hits hits = searcher.search(unit.data(), {1, kSmallEf});
      REQUIRE(hits.size() == 1);
      itself += hits[0].row == row ? 1 : 0;
    }
    CHECK(itself >= kWalkedRows * 99 / 100);
  }

  TEST_CASE("half the rows being copies of one costs no recall") {
    Matrix rows = random_rows(kWalkedRows, 16, 1);
    for (std::size_t r = 1; r < kWalkedRows; r += 2)
      std::copy_n(rows.row(1), 16, rows.row(r));
    const Sample sample(rows, kSmallGraph);
    const Index index(sample.index_path);
    CHECK(recall(index, sample.vectors, unit_rows(random_rows(100, 16, 2)),
                 {10, kSmallEf}) >= 0.99);
    // Copies come in row order.
    const Matrix units = unit_rows(rows);
    const Hits hits = search_one(index, units.row(1), 10, kSmallEf);
    REQUIRE(hits.size() == 10);
    for (std::uint32_t i = 0; i < 10; ++i) CHECK(hits[i].row == 2 * i + 1);
  }

  TEST_CASE("an index of equal rows finds as many as are asked for") {
    Matrix rows(kWalkedRows, 4);
    for (std::size_t r = 0; r < kWalkedRows; ++r) rows.row(r)[2] = -3;
    const Sample sample(rows, kSmallGraph);
    const Index index(sample.index_path);
    const Matrix units = unit_rows(rows);
    for (const std::size_t k : {1U, 10U, 90U, 2499U, 2500U, 9999U}) {
      const Hits hits = search_one(index, units.row(0), k, 16);
      CHECK(hits.size() == std::min(k, kWalkedRows));
      CHECK(search_one(index, units.row(0), k, 16, 7).size() ==
            std::min(k, kWalkedRows - 1));
    }
  }

  TEST_CASE("zero rows have similarity 0.5 to all, from codes too") {
    Matrix rows = random_rows(1500, 12, 1);
    for (const std::size_t zero : {0U, 77U, 1499U})
      std::fill_n(rows.row(zero), 12, 0.0F);
    const Sample sample(rows, kSmallGraph);
    remove_file(sample.vectors_path);
    const Index index(sample.index_path);
    const Matrix units = unit_rows(rows);
    std::size_t seen = 0;
    for (const Hit& hit : search_one(index, units.row(5), 1500, 16))
      if (hit.row == 0 || hit.row == 77 || hit.row == 1499) {
        CHECK(hit.similarity() == doctest::Approx(0.5).epsilon(1e-4));
        ++seen;
      }
    CHECK(seen == 3);
    const Hits of_zero = search_one(index, units.row(77), 4, 16);
    REQUIRE(of_zero.size() == 4);
    CHECK(of_zero[0] == Hit{0, 0});
    CHECK(of_zero[1] == Hit{77, 0});
    CHECK(of_zero[2] == Hit{1499, 0});
    CHECK(of_zero[3].similarity() == doctest::Approx(0.5).epsilon(1e-4));
  }

  TEST_CASE("a zero query finds zero rows, then the first that may be found") {
    Matrix rows = random_rows(kWalkedRows, 12, 1);
    for (const std::size_t zero : {77U, 400U, 2499U})
      std::fill_n(rows.row(zero), 12, 0.0F);
    const Sample sample(rows, kSmallGraph);
    delete_from_index(Index(sample.index_path), {1, 400});
    const Index index(sample.index_path);
    const std::vector<float> zero(12);
    const Hits hits = search_one(index, zero.data(), 6, 16, 3);
    REQUIRE(hits.size() == 6);
    CHECK(hits[0] == Hit{77, 0});
    CHECK(hits[1] == Hit{2499, 0});
    std::set<std::uint32_t> others;
    for (std::size_t i = 2; i < 6; ++i) {
      CHECK(hits[i].similarity() == doctest::Approx(0.5));
      others.insert(hits[i].row);
    }
    CHECK(others == std::set<std::uint32_t>{0, 2, 4, 5});
  }

  TEST_CASE("similarities are those of flat search, bit for bit") {
    const Sample sample(random_rows(kWalkedRows, 40, 1), kSmallGraph);
    const Index index(sample.index_path);
    const Matrix queries = unit_rows(random_rows(20, 40, 2));
    const auto exact =
        search_flat(sample.vectors, queries.view(), kWalkedRows, 1);
    for (std::size_t q = 0; q < 20; ++q)
      for (const Hit& hit : search_one(index, queries.row(q), 10, kSmallEf))
        CHECK(std::count(exact[q].begin(), exact[q].end(), hit) == 1);
  }

  TEST_CASE("a row left out is not found, and the others still are") {
    const Sample sample(random_rows(kWalkedRows, 16, 1), kSmallGraph);
    const Index index(sample.index_path);
    std::vector<float> unit(16);
    for (const std::uint32_t row : {0U, 17U, 2499U}) {
      index.read_unit(row, unit.data());
      const Hits with = search_one(index, unit.data(), 10, kSmallEf);
      const Hits without = search_one(index, unit.data(), 10, kSmallEf, row);
      REQUIRE(with.size() == 10);
      REQUIRE(without.size() == 10);
      CHECK(with[0].row == row);
      CHECK(std::equal(with.begin() + 1, with.end(), without.begin()));
    }
    CHECK(search_one(index, unit.data(), 10, kSmallEf, 99999).size() == 10);
  }

  TEST_CASE("more neighbours than rows gives all rows, once each") {
    const Sample sample(random_rows(kWalkedRows, 16, 1), kSmallGraph);
    const Index index(sample.index_path);
    const Matrix query = unit_rows(random_rows(1, 16, 2));
    std::set<std::uint32_t> rows;
    for (const Hit& hit : search_one(index, query.row(0), 5000, 1))
      rows.insert(hit.row);
    CHECK(rows.size() == kWalkedRows);
    CHECK(search_one(index, query.row(0), 0, 64).empty());
    CHECK(search_one(index, query.row(0), 3, 0).size() == 3);
  }

  TEST_CASE("an index of no rows answers nothing") {
    const Sample sample(Matrix(0, 8));
    const Index index(sample.index_path);
    CHECK(index.rows() == 0);
    CHECK(index.dim() == 8);
    CHECK_NOTHROW(index.verify());
    const float query[8] = {1};
    CHECK(search_one(index, query, 10, 64).empty());
    CHECK_FALSE(index.find("x"));
  }

  TEST_CASE("loaded into memory it answers the same") {
    const Sample sample(random_rows(kWalkedRows, 16, 1), kSmallGraph);
    const Index mapped(sample.index_path, IndexAccess::kMapped);
    const Index loaded(sample.index_path, IndexAccess::kLoaded);
    CHECK_NOTHROW(loaded.verify());
    const Matrix queries = unit_rows(random_rows(50, 16, 2));
    for (std::size_t q = 0; q < 50; ++q)
      CHECK(search_one(mapped, queries.row(q), 10, kSmallEf) ==
            search_one(loaded, queries.row(q), 10, kSmallEf));
  }

  TEST_CASE("one searcher can be used again and again") {
    const Sample sample(random_rows(1500, 4, 1), {4, 16, 100});
    const Index index(sample.index_path);
    const Matrix query = unit_rows(random_rows(1, 4, 2));
    Searcher searcher(index);
    const Hits first = searcher.search(query.row(0), {5, 16});
    // More searches than a visited mark has values.
    for (int i = 0; i < 70000; ++i) searcher.search(query.row(0), {1, 1});
    CHECK(searcher.search(query.row(0), {5, 16}) == first);
  }

  TEST_CASE("without the vectors, codes answer nearly as well") {
    const Sample sample(random_rows(kWalkedRows, 70, 1), kSmallGraph);
    const VectorSet vectors(
        {sample.folder.write("copy.bin", read_file(sample.vectors_path))}, 70);
    remove_file(sample.vectors_path);
    const Index index(sample.index_path);
    CHECK(index.vectors() == nullptr);
    CHECK(index.why_no_vectors().find("fvecs.bin") != std::string::npos);
    const Matrix queries = unit_rows(random_rows(50, 70, 2));
    const auto truth = search_flat(vectors, queries.view(), 1, 1);
    for (std::size_t q = 0; q < 50; ++q) {
      const Hits hits = search_one(index, queries.row(q), 1, kSmallEf);
      CHECK(hits[0].l2sq == doctest::Approx(truth[q][0].l2sq).epsilon(0.1));
    }
    std::vector<float> unit(70);
    std::vector<float> coded(70);
    vectors.read_unit(3, unit.data());
    index.read_unit(3, coded.data());
    CHECK(exact_l2sq(unit.data(), coded.data(), 70) < 1e-3F);
  }
}
