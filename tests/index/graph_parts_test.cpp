// What a graph is built and walked by, piece by piece.
#include "index/graph_search.h"
#include "index/link_selection.h"
#include "index/staged_codes.h"
#include "index/visited_rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

using namespace imsearch;

namespace {

constexpr float kNoLimit = std::numeric_limits<float>::infinity();

/// Codes of 64 values, of which the first two are given.
std::vector<std::int8_t> in_a_plane(
    const std::vector<std::pair<int, int>>& points) {
  std::vector<std::int8_t> codes(points.size() * 64);
  for (std::size_t i = 0; i < points.size(); ++i) {
    codes[i * 64] = static_cast<std::int8_t>(points[i].first);
    codes[i * 64 + 1] = static_cast<std::int8_t>(points[i].second);
  }
  return codes;
}

/// The links chosen for a row at (0, 0) among all points.
std::vector<std::uint32_t> chosen(
    const std::vector<std::pair<int, int>>& points, std::size_t least,
    std::size_t most) {
  const std::vector<std::int8_t> codes = in_a_plane(points);
  Hits candidates;
  for (std::uint32_t i = 0; i < points.size(); ++i) {
    const auto [x, y] = points[i];
    candidates.push_back({i, static_cast<float>(x * x + y * y)});
  }
  std::sort(candidates.begin(), candidates.end());
  LinkSelection(codes.data(), 64).select(candidates, least, most);
  std::vector<std::uint32_t> rows;
  for (const Hit& hit : candidates) rows.push_back(hit.row);
  return rows;
}

std::vector<std::int8_t> random_codes(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::int8_t> codes(size);
  for (std::int8_t& value : codes)
    value = static_cast<std::int8_t>(static_cast<int>(random() % 21) - 10);
  return codes;
}

/// By number, what find_nearer() gives of all rows.
Hits nearer_rows(StagedCodes& staged, const std::int8_t* from, float limit,
                 std::size_t rows) {
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  std::size_t found = 0;
  const Hit* hits = staged.find_nearer(from, limit, all.data(), rows, found);
  return {hits, hits + found};
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("a link is dropped where another leads most of the way") {
    // Nearest first: 0; 1, which is much nearer to 0; 2, which is a little
    // nearer to 0 (810 of 850 away), and stays; 3, on the other side.
    const std::vector<std::pair<int, int>> points = {
        {20, 0}, {16, 20}, {11, 27}, {-40, 0}};
    CHECK(chosen(points, 0, 4) == std::vector<std::uint32_t>{0, 2, 3});
    CHECK(chosen(points, 0, 2) == std::vector<std::uint32_t>{0, 2});
  }

  TEST_CASE("a row near all others is not the only link") {
    // All are nearer to 0 than to the row.
    const std::vector<std::pair<int, int>> points = {
        {10, 0}, {30, 1}, {31, 0}, {32, 1}, {33, 0}};
    CHECK(chosen(points, 0, 4) == std::vector<std::uint32_t>{0});
    CHECK(chosen(points, 3, 4) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(chosen(points, 9, 9).size() == 5);
  }

  TEST_CASE("a pool keeps the nearest, however they come") {
    std::mt19937 random(5);
    for (const std::size_t ef : {1U, 7U, 64U}) {
      CandidatePool pool;
      pool.reset({ef, ef, 64}, {});
      Hits all;
      for (std::size_t added = 0; added < 20; ++added) {
        Hits some(random() % 9);
        for (Hit& hit : some) {
          hit.row = static_cast<std::uint32_t>(random() % 1000000);
          hit.l2sq = static_cast<float>(100000 + random() % 1000000);
        }
        all.insert(all.end(), some.begin(), some.end());
        pool.add(some.data(), some.size());
        if (added == 10 && pool.has_unexpanded()) pool.expand_nearest();
      }
      std::sort(all.begin(), all.end());
      all.resize(std::min(all.size(), ef));
      CHECK(pool.hits() == all);
      CHECK(pool.nearest() == all[0].row);
      CHECK(pool.limit() == (all.size() < ef ? kNoLimit : all.back().l2sq));
    }
  }

  TEST_CASE("rows that are no projections are all measured whole") {
    const std::vector<std::int8_t> codes = random_codes(50 * 192, 1);
    StagedCodes staged(codes.data(), 192, false, 50);
    const Hits all = nearer_rows(staged, codes.data(), kNoLimit, 50);
    REQUIRE(all.size() == 50);
    for (const Hit& hit : all)
      CHECK(static_cast<std::int32_t>(hit.l2sq) ==
            simd::active().l2sq_i8(codes.data(), &codes[hit.row * 192], 192));
    Hits nearer;
    for (const Hit& hit : all)
      if (hit.l2sq < all[20].l2sq) nearer.push_back(hit);
    CHECK(nearer_rows(staged, codes.data(), all[20].l2sq, 50) == nearer);
  }

  TEST_CASE("of projections, rows are dropped that are far by their start") {
    // Rows differ from the first one in one value of the first 64, and in one
    // of the others, so that distances double: 2 r^2 for row r.
    std::vector<std::int8_t> codes(60 * 128);
    for (std::size_t r = 0; r < 60; ++r)
      codes[r * 128] = codes[r * 128 + 64] = static_cast<std::int8_t>(r);
    StagedCodes staged(codes.data(), 128, true, 60);
    staged.start();
    CHECK(staged.first_bytes() == 64);
    const Hits all = nearer_rows(staged, codes.data(), kNoLimit, 60);
    REQUIRE(all.size() == 60);
    CHECK(all[59].l2sq == 2 * 59 * 59);
    CHECK(nearer_rows(staged, codes.data(), 2 * 30 * 30, 60) ==
          Hits(all.begin(), all.begin() + 30));
    // Of the growth, 0.7 is counted on: a row of 28^2 that does not grow is
    // still measured, one of 38^2 is not, though it is nearer than 39^2.
    codes[28 * 128 + 64] = 0;
    codes[38 * 128 + 64] = 0;
    CHECK(nearer_rows(staged, codes.data(), 2 * 30 * 30, 60).size() == 30);
    const Hits nearer = nearer_rows(staged, codes.data(), 39 * 39, 60);
    REQUIRE(nearer.size() == 29);
    CHECK(nearer.back() == Hit{28, 28 * 28});
  }

  TEST_CASE("a row is visited once in a walk") {
    VisitedRows visited(5);
    const std::uint32_t links[] = {1, 4, 1, 7, 2};
    std::uint32_t unvisited[5];
    const auto none = [](std::uint32_t) {};
    for (std::size_t walk = 0; walk < 70000; ++walk) {
      visited.start();
      visited.add(4);
      const std::size_t count =
          visited.add_unvisited(links, 5, unvisited, none);
      if (count != 2 || unvisited[0] != 1 || unvisited[1] != 2) {
        FAIL_CHECK("walk " << walk << ": " << count);
        break;
      }
    }
  }
}
