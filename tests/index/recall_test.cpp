// Sets of rows that made recall lower than ef tells.
#include "base/error.h"
#include "index/deletions.h"
#include "index/index_impl.h"
#include "index/quantizer_evaluation.h"
#include "index/sample.h"
#include "index/searcher.h"
#include "io/file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>

using namespace imsearch;
using namespace imsearch::test;

namespace {

const HnswParams kSmallGraph = {16, 64, 100};

Matrix part_of(const Matrix& rows, std::size_t first, std::size_t count) {
  Matrix part(count, rows.dim());
  std::copy_n(rows.row(first), count * rows.dim(), part.row(0));
  return part;
}

/// `count` copies of each row, moved by vectors of that length: the similarity
/// of two copies of a unit vector is about 1 - length^2.
Matrix crowds(const Matrix& centres, std::size_t count, float length) {
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  const std::size_t dim = centres.dim();
  Matrix rows(centres.rows() * count, dim);
  std::vector<float> move(dim);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (float& value : move) value = normal(random);
    normalize(move.data(), dim, move.data());
    // The copies of one centre are spread over the set.
    const float* centre = centres.row(r % centres.rows());
    for (std::size_t j = 0; j < dim; ++j)
      rows.row(r)[j] = centre[j] + length * move[j];
  }
  return rows;
}

/// Rows of which each value varies less than the one before, as principal
/// components do, so that short codes tell neighbours about.
Matrix fading_rows(std::size_t count, std::size_t dim, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Matrix rows(count, dim);
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t j = 0; j < dim; ++j)
      rows.row(r)[j] = normal(random) / (1 + static_cast<float>(j) / 8);
  return rows;
}

/// Rows of 10 values, of 40 that their group has: even rows of one group are
/// nearer to a zero row than to each other.
Matrix sparse_rows(std::size_t count, std::size_t dim, unsigned seed) {
  constexpr std::size_t kGroups = 50;
  std::mt19937 random(1);
  std::vector<std::vector<std::size_t>> places(kGroups);
  for (auto& group : places)
    for (std::size_t i = 0; i < 40; ++i) group.push_back(random() % dim);
  random.seed(seed);
  Matrix rows(count, dim);
  for (std::size_t r = 0; r < count; ++r) {
    const auto& group = places[random() % kGroups];
    for (std::size_t i = 0; i < 10; ++i)
      rows.row(r)[group[random() % group.size()]] =
          static_cast<float>(1 + random() % 4);
  }
  return rows;
}

/// The share of the 10 nearest rows that are not deleted that a walk finds.
double recall_beside_deleted(const Index& index, const float* query,
                             std::size_t ef) {
  const auto truth =
      search_flat(*index.vectors(), {query, 1, index.dim()}, 10, 1, {},
                  [&](std::uint32_t row) { return index.is_deleted(row); })[0];
  const Hits hits = Searcher(index).search(query, {10, ef});
  std::size_t found = 0;
  for (const Hit& hit : hits)
    found += hit.l2sq <= truth.back().l2sq + 1e-6F ? 1 : 0;
  return static_cast<double>(found) / 10;
}

std::vector<std::uint32_t> nearest_rows(const Sample& sample,
                                        const float* query, std::size_t count) {
  const Hits hits = search_flat(sample.vectors,
                                {query, 1, sample.vectors.dim()}, count, 1)[0];
  std::vector<std::uint32_t> rows;
  for (const Hit& hit : hits) rows.push_back(hit.row);
  return rows;
}

Matrix reversed_values(Matrix rows) {
  for (std::size_t r = 0; r < rows.rows(); ++r)
    std::reverse(rows.row(r), rows.row(r) + rows.dim());
  return rows;
}

void put_behind(const Sample& sample, const Matrix& rows) {
  std::ofstream(sample.vectors_path, std::ios::binary | std::ios::app)
      << raw_bytes(rows);
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("fault 4: appended rows unlike the first ones are found") {
    // The components that the first rows vary in tell the others badly apart.
    const Matrix first = fading_rows(2500, 192, 1);
    const Sample sample(first, kSmallGraph);
    REQUIRE(Index(sample.index_path).impl().reduction.projects);
    const Matrix unlike = reversed_values(fading_rows(2500, 192, 2));
    put_behind(sample, unlike);
    const VectorSet all({sample.vectors_path}, 192);
    const Index old(sample.index_path);
    append_to_index(old, all, numbered_names(all.rows()),
                    refit_for_append(old, all, 1), 1, sample.index_path, {});
    const Index index(sample.index_path);
    const Matrix queries = unit_rows(reversed_values(fading_rows(50, 192, 3)));
    CHECK(recall(index, *index.vectors(), queries, {10, 64}) >= 0.95);
    const Matrix old_queries = unit_rows(fading_rows(50, 192, 4));
    CHECK(recall(index, *index.vectors(), old_queries, {10, 64}) >= 0.95);
  }

  TEST_CASE("fault 4: codes stay where appended rows are like the others") {
    const Matrix all = fading_rows(5000, 192, 1);
    const Sample sample(part_of(all, 0, 2500), kSmallGraph);
    const Index index(sample.index_path);
    REQUIRE(index.impl().reduction.projects);
    put_behind(sample, part_of(all, 2500, 2500));
    const VectorSet grown({sample.vectors_path}, all.dim());
    CHECK(!refit_for_append(index, grown, 1));
  }

  TEST_CASE("fault 5: the judge of short codes counts no ties as found") {
    // Codes that are all the same put every row as near as the true neighbours:
    // a walk that keeps 8 times 32 of them has found that share.
    const Matrix rows = fading_rows(3000, 64, 1);
    const Sample sample(part_of(rows, 0, 10), kSmallGraph);
    put_behind(sample, part_of(rows, 10, 2990));
    const VectorSet vectors({sample.vectors_path}, rows.dim());
    Reduction blind;
    blind.dim = 64;
    blind.width = 64;
    blind.factors.assign(64, 0);
    blind.offsets.assign(64, 0);
    blind.gain = 1;
    QuantizerEvaluation judge(vectors, 0, 1);
    CHECK(judge.found_with(blind.view()) == doctest::Approx(256.0 / 2999));
  }

  TEST_CASE("fault 5: crowds of near copies are found whole") {
    const Matrix centres = unit_rows(random_rows(24, 64, 1));
    const Matrix all = crowds(centres, 255, 0.01F);
    const Sample sample(part_of(all, 0, 24 * 250), kSmallGraph);
    const Index index(sample.index_path);
    const Matrix queries = unit_rows(part_of(all, 24 * 250, 24 * 5));
    for (const std::size_t ef : {64U, 256U}) {
      CAPTURE(ef);
      CHECK(recall(index, sample.vectors, queries, {10, ef}) >= 0.99);
    }
  }

  TEST_CASE("fault 7: a zero row is not the only way to others") {
    Matrix rows = sparse_rows(4000, 256, 2);
    std::fill_n(rows.row(0), rows.dim(), 0.0F);
    const Sample sample(rows);
    const Index index(sample.index_path);
    const Matrix queries = unit_rows(sparse_rows(100, 256, 3));
    CHECK(recall(index, sample.vectors, queries, {10, 64}) >= 0.95);
  }

  TEST_CASE("fault 6: rows deleted in one place hide no others") {
    const Sample sample(fading_rows(8000, 192, 1), kSmallGraph);
    REQUIRE(Index(sample.index_path).impl().reduction.projects);
    const Matrix queries = unit_rows(fading_rows(10, 192, 2));
    const std::string whole = read_file(sample.index_path);
    double found = 0;
    for (std::size_t q = 0; q < queries.rows(); ++q) {
      std::ofstream(sample.index_path, std::ios::binary) << whole;
      delete_from_index(Index(sample.index_path),
                        nearest_rows(sample, queries.row(q), 266));
      found +=
          recall_beside_deleted(Index(sample.index_path), queries.row(q), 256);
    }
    CHECK(found >= 9.9);
  }

  TEST_CASE("fault 6: deleted copies take no room") {
    const Matrix queries = fading_rows(4, 192, 2);
    Matrix rows = fading_rows(8000, 192, 1);
    std::vector<std::uint32_t> deleted;
    for (std::uint32_t row = 0; row < 480; ++row) {
      std::copy_n(queries.row(row % 4), 192, rows.row(row));
      if (row != 401) deleted.push_back(row);
    }
    const Sample sample(rows, kSmallGraph);
    delete_from_index(Index(sample.index_path), deleted);
    const Index index(sample.index_path);
    const Matrix units = unit_rows(queries);
    double found = 0;
    for (std::size_t q = 0; q < 4; ++q)
      found += recall_beside_deleted(index, units.row(q), 128);
    CHECK(found >= 3.9);
    // The copy that is left stands for those that the graph holds.
    const Hits hits = Searcher(index).search(units.row(1), {10, 128});
    CHECK(hits[0] == Hit{401, 0});
  }

  TEST_CASE("fault 6: where most is deleted, what is left is found") {
    const Sample sample(fading_rows(8000, 192, 1), kSmallGraph);
    const Matrix query = unit_rows(fading_rows(1, 192, 2));
    for (const std::size_t deleted : {900U, 4000U, 7900U}) {
      CAPTURE(deleted);
      delete_from_index(Index(sample.index_path),
                        nearest_rows(sample, query.row(0), deleted));
      CHECK(recall_beside_deleted(Index(sample.index_path), query.row(0),
                                  256) == 1);
    }
  }
}
