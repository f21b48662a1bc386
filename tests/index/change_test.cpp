// Rows appended to an index, and deleted from it.
#include "base/error.h"
#include "index/deletions.h"
#include "index/index_impl.h"
#include "index/pruned_scan.h"
#include "index/sample.h"
#include "index/searcher.h"
#include "io/file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>

using namespace imsearch;
using namespace imsearch::test;

namespace {

const HnswParams kSmallGraph = {12, 64, 100};

/// Puts the rows behind those of the sample's vectors, and into its index.
void append(const Sample& sample, const Matrix& rows, unsigned threads = 3) {
  std::ofstream(sample.vectors_path, std::ios::binary | std::ios::app)
      << raw_bytes(rows);
  with_fixed_time(sample.vectors_path);
  const VectorSet all({sample.vectors_path}, rows.dim());
  const Index index(sample.index_path);
  append_to_index(index, all, numbered_names(all.rows()),
                  refit_for_append(index, all, threads), threads,
                  sample.index_path, {});
}

Matrix part_of(const Matrix& rows, std::size_t first, std::size_t count) {
  Matrix part(count, rows.dim());
  std::copy_n(rows.row(first), count * rows.dim(), part.row(0));
  return part;
}

void erase(const Sample& sample, const std::vector<std::uint32_t>& rows) {
  delete_from_index(Index(sample.index_path), rows);
}

std::vector<std::uint32_t> every(std::size_t step, std::size_t rows) {
  std::vector<std::uint32_t> some;
  for (std::size_t row = 0; row < rows; row += step)
    some.push_back(static_cast<std::uint32_t>(row));
  return some;
}

/// The share of what exact search finds among the rows that are there.
double recall_of_rest(const Index& index, const Matrix& queries,
                      const SearchParams& params) {
  Searcher searcher(index);
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const auto truth = search_flat(
        *index.vectors(), {queries.row(q), 1, index.dim()}, params.k, 1, {},
        [&](std::uint32_t row) { return index.is_deleted(row); })[0];
    CHECK(searcher.search_exactly(queries.row(q), params.k) == truth);
    const Hits hits = searcher.search(queries.row(q), params);
    CHECK(hits.size() == truth.size());
    for (const Hit& hit : hits) {
      CHECK_FALSE(index.is_deleted(hit.row));
      found +=
          static_cast<std::size_t>(std::count(truth.begin(), truth.end(), hit));
    }
    wanted += truth.size();
  }
  return static_cast<double>(found) / static_cast<double>(wanted);
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("appended rows are found as if they had been there") {
    for (const std::size_t dim : {16U, 192U}) {  // values kept, and projected
      CAPTURE(dim);
      const Matrix rows = rows_with(6100, dim, 12);
      const Matrix queries = unit_rows(part_of(rows, 6000, 100));
      const Sample whole(part_of(rows, 0, 6000), kSmallGraph);
      const Sample grown(part_of(rows, 0, 3000), kSmallGraph);
      append(grown, part_of(rows, 3000, 3000));
      const Index index(grown.index_path);
      CHECK_NOTHROW(index.verify());
      CHECK(index.rows() == 6000);
      CHECK(index.name(5999) == "row 5999");
      CHECK(index.why_no_vectors() == "");
      const double fresh =
          recall(Index(whole.index_path), whole.vectors, queries, {10, 32});
      CHECK(recall(index, *index.vectors(), queries, {10, 32}) >=
            fresh - 0.003);
      CHECK(recall_of_rest(index, queries, {10, 32}) > 0.9);
    }
  }

  TEST_CASE("an index grows from nothing, and row by row") {
    const Sample sample(Matrix(0, 8));
    const Matrix rows = random_rows(40, 8, 1);
    for (std::size_t row = 0; row < 40; ++row)
      append(sample, part_of(rows, row, 1));
    const Index index(sample.index_path);
    CHECK_NOTHROW(index.verify());
    CHECK(index.rows() == 40);
    CHECK(recall_of_rest(index, unit_rows(rows), {10, 64}) == 1);
  }

  TEST_CASE("an index of few rows, grown, is that of all of them") {
    const Matrix rows = rows_with(3000, 192, 30);
    const Sample whole(rows, kSmallGraph);
    REQUIRE(Index(whole.index_path).impl().reduction.projects);
    for (const std::size_t few : {0U, 1U, 1999U}) {
      const Sample grown(part_of(rows, 0, few), kSmallGraph);
      append(grown, part_of(rows, few, 3000 - few), 1);
      CHECK(read_file(grown.index_path) == read_file(whole.index_path));
    }
    const Sample marked(part_of(rows, 0, 1999), kSmallGraph);
    erase(marked, {0, 1998});
    append(marked, part_of(rows, 1999, 1001));
    const Index index(marked.index_path);
    CHECK_NOTHROW(index.verify());
    CHECK(index.impl().reduction.projects);
    CHECK(index.deleted_rows() == 2);
    CHECK(index.is_deleted(1998));
  }

  TEST_CASE("copies of rows may be appended") {
    const Matrix rows = random_rows(2200, 16, 1);
    const Sample sample(rows, kSmallGraph);
    append(sample, rows);
    const Index index(sample.index_path);
    CHECK_NOTHROW(index.verify());
    const Matrix units = unit_rows(rows);
    for (const std::uint32_t row : {0U, 700U, 2199U}) {
      const Hits hits = Searcher(index).search(units.row(row), {2, 64});
      CHECK(hits == Hits{{row, 0}, {row + 2200, 0}});
    }
  }

  TEST_CASE("appending nothing, and appending again, keep all") {
    const Matrix rows = random_rows(3000, 16, 1);
    const Sample sample(part_of(rows, 0, 2000), kSmallGraph);
    append(sample, Matrix(0, 16));
    append(sample, part_of(rows, 2000, 1000));
    erase(sample, {5, 2999});
    append(sample, random_rows(9, 16, 2));
    const Index index(sample.index_path);
    CHECK_NOTHROW(index.verify());
    CHECK(index.rows() == 3009);
    CHECK(index.deleted_rows() == 2);
    CHECK(index.is_deleted(2999));
    CHECK_FALSE(index.is_deleted(3008));
  }

  TEST_CASE("vectors that have grown are exact for the rows that are indexed") {
    const Sample sample(random_rows(100, 8, 1));
    std::ofstream(sample.vectors_path, std::ios::binary | std::ios::app)
        << raw_bytes(random_rows(5, 8, 2));
    const Index index(sample.index_path);
    CHECK(index.why_no_vectors() == "");
    CHECK(index.vectors()->rows() == 100);
    CHECK(index.rows_behind() == 5);
  }

  TEST_CASE("deleted rows are walked through and not found") {
    const Matrix rows = rows_with(4100, 192, 30);
    const Matrix queries = unit_rows(part_of(rows, 4000, 100));
    const Sample sample(part_of(rows, 0, 4000), kSmallGraph);
    const double before =
        recall_of_rest(Index(sample.index_path), queries, {10, 64});
    erase(sample, every(2, 4000));
    const Index index(sample.index_path);
    CHECK_NOTHROW(index.verify());
    CHECK(index.deleted_rows() == 2000);
    CHECK(recall_of_rest(index, queries, {10, 64}) >= before - 0.01);
  }

  TEST_CASE("a search finds as many rows as are left") {
    const Sample sample(random_rows(3000, 16, 1), kSmallGraph);
    std::vector<std::uint32_t> all = every(1, 3000);
    const Matrix queries = unit_rows(random_rows(10, 16, 2));
    // All but three, then the rest.
    all.erase(all.begin() + 1000, all.begin() + 1003);
    erase(sample, all);
    CHECK(recall_of_rest(Index(sample.index_path), queries, {10, 16}) == 1);
    std::vector<float> unit(16);
    const Index three(sample.index_path);
    three.read_unit(1001, unit.data());
    const Hits others = Searcher(three).search(unit.data(), {10, 16}, 1001);
    CHECK(others.size() == 2);
    erase(sample, {1000, 1001, 1002, 1002});
    const Index none(sample.index_path);
    CHECK(none.deleted_rows() == 3000);
    CHECK(Searcher(none).search(unit.data(), {10, 16}).empty());
    CHECK(Searcher(none).search_exactly(unit.data(), 10).empty());
  }

  TEST_CASE("a deleted name is not found, its later namesake is") {
    const Sample sample(random_rows(100, 8, 1));
    CHECK(Index(sample.index_path).find("row 7") == 7);
    erase(sample, {7});
    CHECK_FALSE(Index(sample.index_path).find("row 7"));
    CHECK(Index(sample.index_path).name(7) == "row 7");
  }
}
