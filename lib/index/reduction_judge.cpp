#include "index/reduction_judge.h"

#include "base/parallel_for.h"
#include "index/coded_rows.h"
#include "index/flat.h"
#include "index/spread_rows.h"
#include "simd/kernels.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <optional>
#include <utility>

namespace imsearch {
namespace {

/// Of few rows spread over a set, hardly one is a near copy of another, as
/// crops and bursts of photos are, which any codes find.
constexpr std::size_t kRows = 10'000;
constexpr std::size_t kQueries = 1000;
constexpr std::size_t kNeighbours = 10;
constexpr std::size_t kCandidates = 32;

/// True for the rows that are not among `kept`.
std::vector<bool> others(const std::vector<std::uint32_t>& kept,
                         std::size_t rows) {
  std::vector<bool> other(rows, true);
  for (const std::uint32_t row : kept) other[row] = false;
  return other;
}

}  // namespace

ReductionJudge::ReductionJudge(const VectorSet& vectors, unsigned threads)
    : vectors_(&vectors),
      threads_(threads),
      rows_(spread_over(vectors.rows(), kRows)) {
  for (const std::uint32_t i : spread_over(rows_.size(), kQueries))
    queries_.push_back(rows_[i]);
  Matrix units(queries_.size(), vectors.dim());
  vectors.read_units(queries_.data(), queries_.size(), units.row(0));
  const std::vector<bool> skipped = others(rows_, vectors.rows());
  neighbours_ = search_flat(vectors, units.view(), kNeighbours, threads,
                            {queries_.begin(), queries_.end()},
                            [&](std::uint32_t row) { return skipped[row]; });
}

double ReductionJudge::found_with(const ReductionView& piece) {
  CodedRows coded = code_rows(
      *vectors_, piece, rows_.size(), [&](std::size_t i) { return rows_[i]; },
      threads_);
  pieces_.push_back({piece.width, std::move(coded.reduced)});
  std::atomic<std::size_t> found{0};
  parallel_for(queries_.size(), 4, threads_,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t q = begin; q < end; ++q)
                   found += found_for(q);
               });
  return static_cast<double>(found) /
         static_cast<double>(queries_.size() * kNeighbours);
}

std::size_t ReductionJudge::position_of(std::uint32_t row) const {
  const auto place = std::lower_bound(rows_.begin(), rows_.end(), row);
  return static_cast<std::size_t>(place - rows_.begin());
}

/// Of a query to all judged rows, by their codes.
std::vector<std::int32_t> ReductionJudge::distances(std::size_t query) const {
  std::vector<std::uint32_t> all(rows_.size());
  std::iota(all.begin(), all.end(), 0U);
  std::vector<std::int32_t> sums(all.size());
  std::vector<std::int32_t> more(all.size());
  for (const auto& [width, codes] : pieces_) {
    simd::active().l2sq_i8_rows(
        codes.data() + position_of(queries_[query]) * width, codes.data(),
        width, all.data(), all.size(), more.data());
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
  }
  return sums;
}

std::size_t ReductionJudge::found_for(std::size_t query) const {
  const std::vector<std::int32_t> all = distances(query);
  std::vector<std::int32_t> sorted = all;
  sorted.erase(sorted.begin() +
               static_cast<std::ptrdiff_t>(position_of(queries_[query])));
  const auto last = sorted.begin() + kCandidates - 1;
  std::nth_element(sorted.begin(), last, sorted.end());
  const Hits& hits = neighbours_[query];
  return static_cast<std::size_t>(std::count_if(
      hits.begin(), hits.end(),
      [&](const Hit& hit) { return all[position_of(hit.row)] <= *last; }));
}

}  // namespace imsearch
