#include "base/error.h"
#include "eval/measure.h"
#include "eval/recall.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <set>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("eval");

using namespace imsearch;

namespace {

Hits hits_at(std::initializer_list<float> distances) {
  Hits hits;
  for (const float d : distances)
    hits.push_back({static_cast<std::uint32_t>(hits.size()), d});
  return hits;
}

}  // namespace

TEST_CASE("recall is the share of the true nearest that were found") {
  const Hits truth = hits_at({0.1F, 0.2F, 0.3F, 0.4F});
  CHECK(recall_at(hits_at({0.1F, 0.2F, 0.3F, 0.4F}), truth, 4) == 1.0);
  CHECK(recall_at(hits_at({0.1F, 0.3F, 0.5F, 0.6F}), truth, 4) == 0.5);
  CHECK(recall_at(hits_at({0.5F, 0.6F, 0.7F, 0.8F}), truth, 4) == 0.0);
  CHECK(recall_at(hits_at({0.1F}), truth, 4) == 0.25);
  CHECK(recall_at({}, truth, 4) == 0.0);
}

TEST_CASE("recall looks at the first k only, of both sides") {
  const Hits truth = hits_at({0.1F, 0.2F, 0.3F});
  CHECK(recall_at(hits_at({0.2F, 0.2F, 0.3F}), truth, 1) == 0.0);
  CHECK(recall_at(hits_at({0.2F, 0.2F, 0.3F}), truth, 2) == 1.0);
}

TEST_CASE("a tie with the true k-th is a hit, and nothing beyond 1e-6") {
  const Hits truth = hits_at({0.0F});
  CHECK(recall_at(hits_at({1e-6F}), truth, 1) == 1.0);
  CHECK(recall_at(hits_at({1.1e-6F}), truth, 1) == 0.0);
}

TEST_CASE("recall divides by what there is to find") {
  CHECK(recall_at(hits_at({0.1F, 0.2F}), hits_at({0.1F, 0.2F}), 10) == 1.0);
  CHECK(recall_at(hits_at({0.1F}), hits_at({0.1F, 0.2F}), 10) == 0.5);
  CHECK(recall_at({}, {}, 10) == 1.0);
}

TEST_CASE("the bootstrap interval holds the mean and narrows with queries") {
  const auto interval_of = [](std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = i % 10 == 0 ? 0.5 : 1.0;
    return bootstrap(values, 7);
  };
  const Estimate few = interval_of(100);
  const Estimate many = interval_of(10000);
  CHECK(few.mean == doctest::Approx(0.95));
  CHECK(few.low < few.mean);
  CHECK(few.mean < few.high);
  // The standard error of 100 such values is 0.015: 1.96 of it each way.
  CHECK(few.high - few.low == doctest::Approx(0.0588).epsilon(0.15));
  CHECK(many.high - many.low == doctest::Approx(0.00588).epsilon(0.15));
}

TEST_CASE("the bootstrap is the same for the same seed") {
  const std::vector<double> values = {1, 0.9, 0.5, 1, 0.7, 0.2, 1};
  CHECK(bootstrap(values, 1).low == bootstrap(values, 1).low);
  CHECK(bootstrap(values, 1).mean == bootstrap(values, 2).mean);
}

TEST_CASE("equal values have an interval of one point, none have zeros") {
  const Estimate perfect = bootstrap({1, 1, 1}, 0);
  CHECK(perfect.low == 1);
  CHECK(perfect.high == 1);
  const Estimate nothing = bootstrap({}, 0);
  CHECK(nothing.mean == 0);
  CHECK(nothing.high == 0);
}

TEST_CASE("a recall that was asked for is reached, whatever the last bits") {
  std::vector<double> values(1000, 1.0);
  for (const std::size_t first : {0U, 450U, 900U}) {
    std::vector<double> some = values;
    for (std::size_t i = 0; i < 100; ++i) some[first + i] = 0.9;
    const double mean = bootstrap(some, 1).mean;
    CHECK(reaches(mean, 0.99));
    CHECK_FALSE(reaches(mean, 0.9901));
    some[first] = 0.8999;
    CHECK_FALSE(reaches(bootstrap(some, 1).mean, 0.99));
  }
  CHECK(reaches(1, 1));
  CHECK(reaches(0, 0));
}

TEST_CASE("the smallest number that is enough is found, and in few steps") {
  for (const std::size_t low : {1U, 10U, 999U, 1000U})
    for (std::size_t enough = 1; enough <= 1000; enough += 7) {
      std::set<std::size_t> asked;
      const auto found = find_smallest(low, 1000, [&](std::size_t n) {
        CHECK(asked.insert(n).second);
        CHECK(n >= low);
        CHECK(n <= 1000);
        return n >= enough;
      });
      CHECK(found == std::max(low, enough));
      CHECK(asked.size() <= 20);
    }
}

TEST_CASE("where nothing is enough, nothing is found, after the largest") {
  std::vector<std::size_t> asked;
  CHECK_FALSE(find_smallest(3, 20, [&](std::size_t n) {
    asked.push_back(n);
    return false;
  }));
  CHECK(asked == std::vector<std::size_t>{3, 6, 12, 20});
  CHECK_FALSE(find_smallest(3, 3, [](std::size_t) { return false; }));
}

TEST_CASE("where more is not always better, one less was not enough") {
  const auto is_enough = [](std::size_t n) {
    return n == 5 || n == 37 || n >= 60;
  };
  const std::size_t found = find_smallest(1, 100, is_enough).value();
  CHECK(is_enough(found));
  CHECK_FALSE(is_enough(found - 1));
}

TEST_CASE("a sample has different rows of the range, rising") {
  for (const std::size_t rows : {1U, 2U, 10U, 1000U}) {
    for (std::size_t count = 0; count <= std::min<std::size_t>(rows, 50);
         ++count) {
      const auto sample = sample_rows(rows, count, 3);
      REQUIRE(sample.size() == count);
      CHECK(std::is_sorted(sample.begin(), sample.end()));
      CHECK(std::set<std::uint32_t>(sample.begin(), sample.end()).size() ==
            count);
      if (count > 0) CHECK(sample.back() < rows);
    }
  }
}

TEST_CASE("asking for more rows than there are gives all of them") {
  CHECK(sample_rows(3, 3, 0) == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(sample_rows(3, 100, 0) == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(sample_rows(0, 5, 0).empty());
}

TEST_CASE("a seed gives the same rows on every machine") {
  CHECK(sample_rows(1000000, 3, 42) == sample_rows(1000000, 3, 42));
  CHECK(sample_rows(1000000, 3, 42) != sample_rows(1000000, 3, 43));
  // Fixed by what the C++ standard says of std::mt19937_64.
  CHECK(sample_rows(1000000, 3, 42) ==
        std::vector<std::uint32_t>{545676, 741450, 860387});
}

TEST_CASE("every row is sampled about as often as any other") {
  std::vector<int> times(20);
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    for (const std::uint32_t row : sample_rows(20, 5, seed)) ++times[row];
  // 500 expected; the standard deviation is 19.4.
  for (const int n : times) {
    CHECK(n > 400);
    CHECK(n < 600);
  }
}

TEST_CASE("percentiles are by nearest rank") {
  std::vector<double> values(200);
  std::iota(values.rbegin(), values.rend(), 1.0);
  const LatencySummary summary = summarize(values);
  CHECK(summary.count == 200);
  CHECK(summary.mean == doctest::Approx(100.5));
  CHECK(summary.p50 == 100);
  CHECK(summary.p95 == 190);
  CHECK(summary.p99 == 198);
}

TEST_CASE("one value is every percentile, and none is an error") {
  const LatencySummary summary = summarize({3.5});
  CHECK(summary.p50 == 3.5);
  CHECK(summary.p99 == 3.5);
  CHECK_THROWS_AS(summarize({}), Error);
}

TEST_CASE("every query is run once, singly in order") {
  std::vector<std::size_t> order;
  const SingleRun run = run_singly(5, [&](std::size_t query, unsigned thread) {
    CHECK(thread == 0);
    order.push_back(query);
    return Hits{{static_cast<std::uint32_t>(query), 0}};
  });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  REQUIRE(run.hits.size() == 5);
  CHECK(run.hits[4][0].row == 4);
  CHECK(run.latency_us.size() == 5);
}

TEST_CASE("a batch runs every query once, on no more threads than asked") {
  std::vector<std::atomic<int>> times(101);
  std::atomic<bool> thread_in_range{true};
  run_batch(times.size(), 3, [&](std::size_t query, unsigned thread) {
    ++times[query];
    if (thread >= 3) thread_in_range = false;
    return Hits{};
  });
  CHECK(thread_in_range);
  for (const auto& n : times) CHECK(n == 1);
}

TEST_CASE("an error in a search comes out of both runs") {
  const Searching broken = [](std::size_t, unsigned) -> Hits {
    fail("the service is gone");
  };
  CHECK_THROWS_WITH_AS(run_singly(1, broken), "the service is gone", Error);
  CHECK_THROWS_WITH_AS(run_batch(9, 2, broken), "the service is gone", Error);
}

TEST_SUITE_END();
