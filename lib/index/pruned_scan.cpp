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

/// The rows that may be among the k nearest, as far as is known so far. The
/// limit is the k-th least of the upper bounds entered, or the one given, if
/// that is less; it only shrinks.
class Contest {
 public:
  Contest(std::size_t k, float limit) : limit_(limit), highest_(k) {}

  void enter(std::uint32_t row, const Bounds& bounds) {
    const Hit high = {row, bounds.high};
    if (highest_.would_take(high)) highest_.take(high);
    if (highest_.full()) limit_ = std::min(limit_, highest_.worst().l2sq);
    // Negated, so that NaN of a damaged index enters.
    if (!(bounds.low > limit_)) entered_.push_back({row, bounds.low});
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
  float limit_;
  TopK highest_;  // upper bounds
  Hits entered_;  // lower bounds
};

}  // namespace

PrunedScan::PrunedScan(const Index::Impl& index) : index_(&index) {}

void PrunedScan::measure(const std::int8_t* query) {
  const GraphView& view = index_->view;
  distances_.resize(among_ == nullptr ? view.rows : among_->size());
  std::uint32_t all[kRowsScanned];
  for (std::size_t first = 0; first < distances_.size();
       first += kRowsScanned) {
    const std::size_t count = std::min(kRowsScanned, distances_.size() - first);
    const std::uint32_t* rows = all;
    if (among_ == nullptr)
      std::iota(all, all + count, static_cast<std::uint32_t>(first));
    else
      rows = among_->rows().data() + first;
    simd::active().l2sq_i8_rows(query, view.reduced, view.width, view.width,
                                rows, count, distances_.data() + first);
  }
}

Hits PrunedScan::nearest_by_reduced(std::size_t count,
                                    const IsHidden& is_hidden) const {
  TopK nearest(count);
  for (std::size_t place = 0; place < distances_.size(); ++place) {
    const Hit hit = {row_at(place), static_cast<float>(distances_[place])};
    if (nearest.would_take(hit) && !is_hidden(hit.row)) nearest.take(hit);
  }
  return nearest.sorted();
}

Hits PrunedScan::candidates(const CodedQuery& query, std::size_t k,
                            const IsHidden& is_hidden, const RowSet* among) {
  among_ = among;
  measure(query.reduced);
  const CodeBounds bounds(index_->codes, index_->errors, index_->info.dim,
                          query);
  Contest seeds(k, kFarthest);
  for (const Hit& hit : nearest_by_reduced(std::max(k, kSeeds), is_hidden))
    seeds.enter(hit.row, bounds.of(hit.row));

  Contest contest(k, seeds.limit());
  const float gain = index_->reduction.gain;
  std::vector<std::uint32_t> rows;
  for (std::size_t first = 0; first < distances_.size();
       first += kRowsScanned) {
    const float reach =
        gain * (std::sqrt(contest.limit()) + query.errors.reduced);
    rows.clear();
    for (std::size_t place = first;
         place < std::min(first + kRowsScanned, distances_.size()); ++place) {
      const std::uint32_t row = row_at(place);
      const float longest = reach + gain * index_->errors[row].reduced;
      // By the inequality above, a code farther than this rules the row out. It
      // is negated, so that a bound that damage has made NaN rules out nothing.
      if (!(static_cast<float>(distances_[place]) > longest * longest))
        rows.push_back(row);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i + kRowsAhead < rows.size())
        prefetch(index_->codes.code(rows[i + kRowsAhead]),
                 index_->codes.stride);
      if (!is_hidden(rows[i])) contest.enter(rows[i], bounds.of(rows[i]));
    }
  }
  return contest.winners();
}

}  // namespace imsearch
