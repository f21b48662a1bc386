// Exact search without reading every vector, in three passes:
//
// 1. The squared distances of all short codes, which are contiguous and small.
// 2. 8-bit codes of the nearest of these, the seeds, give a first upper bound
//    of the k-th distance that is close to the true one.
// 3. All rows again, in blocks: those that short codes leave possible are
//    bounded by 8-bit codes, and the bound shrinks meanwhile.
//
// Without the seeds the bound would start beyond all distances, and the first
// blocks of the third pass would rule out nothing.
#include "index/pruned_scan.h"

#include "index/index_impl.h"
#include "index/top_k.h"
#include "simd/kernels.h"
#include "simd/prefetch.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kRowsScanned = 512;
constexpr std::size_t kRowsAhead = 4;
/// At least so many seeds: with k = 1 a single seed may be a bad one.
constexpr std::size_t kSeeds = 64;
/// What queries that are answered together share is read once, but distances
/// are kept of each; a thread keeps so many at most.
constexpr std::size_t kMostTogether = 64;
constexpr std::size_t kMostDistances = std::size_t{1} << 23;

}  // namespace

/// The rows that may be among the k nearest of one query, as far as is known so
/// far. The limit is the k-th least of the upper bounds entered, or the one
/// given, if that is less; it only shrinks.
class PrunedScan::Contest {
 public:
  Contest(const Index::Impl& index, const ScannedQuery& query)
      : query_(&query),
        bounds_(index.codes, index.errors, index.info.dim, query.coded),
        highest_(query.k) {}

  const ScannedQuery& query() const { return *query_; }

  void enter(std::uint32_t row) {
    if (query_->is_hidden(row)) return;
    const Bounds bounds = bounds_.of(row);
    const Hit high = {row, bounds.high};
    if (highest_.would_take(high)) highest_.take(high);
    if (highest_.full()) limit_ = std::min(limit_, highest_.worst().l2sq);
    // Negated, so that NaN of a damaged index enters.
    if (!(bounds.low > limit_)) entered_.push_back({row, bounds.low});
  }

  /// Keeps the limit alone.
  void start_again() {
    highest_ = TopK(query_->k);
    entered_.clear();
  }

  /// No row that is further away is among the k nearest.
  float limit() const { return limit_; }

  Hits winners() {
    entered_.erase(
        std::remove_if(entered_.begin(), entered_.end(),
                       [&](const Hit& hit) { return hit.l2sq > limit_; }),
        entered_.end());
    return std::move(entered_);
  }

 private:
  const ScannedQuery* query_;
  CodeBounds bounds_;
  float limit_ = kFarthest;
  TopK highest_;  // upper bounds
  Hits entered_;  // lower bounds
};

PrunedScan::PrunedScan(const Index::Impl& index)
    : index_(&index), possible_(kRowsScanned) {}

std::size_t PrunedScan::queries_together() const {
  return std::clamp(
      kMostDistances / std::max<std::size_t>(index_->view.rows, 1),
      std::size_t{1}, kMostTogether);
}

std::size_t PrunedScan::places() const {
  return among_ == nullptr ? index_->view.rows : among_->size();
}

void PrunedScan::measure(const std::vector<ScannedQuery>& queries) {
  const GraphView& view = index_->view;
  distances_.resize(queries.size() * places());
  std::uint32_t all[kRowsScanned];
  for (std::size_t first = 0; first < places(); first += kRowsScanned) {
    const std::size_t count = std::min(kRowsScanned, places() - first);
    const std::uint32_t* rows = all;
    if (among_ == nullptr)
      std::iota(all, all + count, static_cast<std::uint32_t>(first));
    else
      rows = among_->rows().data() + first;
    for (std::size_t q = 0; q < queries.size(); ++q)
      simd::active().l2sq_i8_rows(queries[q].coded.reduced, view.reduced,
                                  view.width, view.width, rows, count,
                                  distances_.data() + q * places() + first);
  }
}

Hits PrunedScan::nearest_by_reduced(const ScannedQuery& query,
                                    const std::int32_t* distances) const {
  TopK nearest(std::max(query.k, kSeeds));
  for (std::size_t place = 0; place < places(); ++place) {
    const Hit hit = {row_at(place), static_cast<float>(distances[place])};
    if (nearest.would_take(hit) && !query.is_hidden(hit.row)) nearest.take(hit);
  }
  return nearest.sorted();
}

/// Enters those of `count` rows that their short codes do not rule out.
void PrunedScan::enter(const std::int32_t* distances, std::size_t first,
                       std::size_t count, Contest& contest) {
  const float gain = index_->reduction.gain;
  const float reach = gain * (std::sqrt(contest.limit()) +
                              contest.query().coded.errors.reduced);
  std::uint32_t* const possible = possible_.data();
  std::size_t found = 0;
  for (std::size_t place = first; place < first + count; ++place) {
    const std::uint32_t row = row_at(place);
    const float longest = reach + gain * index_->errors[row].reduced;
    // By the inequality above, a code farther than this rules the row out. It
    // is negated, so that a bound that damage has made NaN rules out nothing.
    // One in twenty is left, unpredictably: avoid the branch.
    possible[found] = row;
    found +=
        !(static_cast<float>(distances[place]) > longest * longest) ? 1 : 0;
  }
  const CodesView& codes = index_->codes;
  for (std::size_t i = 0; i < found; ++i) {
    if (i + kRowsAhead < found)
      prefetch(codes.code(possible[i + kRowsAhead]), codes.stride);
    contest.enter(possible[i]);
  }
}

std::vector<Hits> PrunedScan::candidates(
    const std::vector<ScannedQuery>& queries, const RowSet* among) {
  among_ = among;
  measure(queries);
  std::vector<Contest> contests;
  contests.reserve(queries.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    Contest& contest = contests.emplace_back(*index_, queries[q]);
    for (const Hit& seed :
         nearest_by_reduced(queries[q], distances_.data() + q * places()))
      contest.enter(seed.row);
    contest.start_again();
  }
  for (std::size_t first = 0; first < places(); first += kRowsScanned)
    for (std::size_t q = 0; q < queries.size(); ++q)
      enter(distances_.data() + q * places(), first,
            std::min(kRowsScanned, places() - first), contests[q]);
  std::vector<Hits> all;
  all.reserve(contests.size());
  for (Contest& contest : contests) all.push_back(contest.winners());
  return all;
}

}  // namespace imsearch
