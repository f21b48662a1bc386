// Measures codes by rows whose true neighbours are known from exact search: all
// sampled rows are put in order by their codes, and those true neighbours are
// counted that come among the candidates which a walk would keep.
//
// Codes are given in pieces of some components. The squared distance of two
// codes is the sum of those of their pieces, so that a wider code is evaluated
// at the cost of what it adds, and reduction_fit.cpp can try one width after
// the other.
#include "index/quantizer_evaluation.h"

#include "base/parallel_for.h"
#include "index/coded_rows.h"
#include "index/flat.h"
#include "index/graph_search.h"
#include "index/vector_set.h"
#include "simd/kernels.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace imsearch {
namespace {

/// Few enough rows, spread over the set, that hardly one is a near copy of
/// another. Near copies, such as bursts of photos, are found by any codes, and
/// would make bad codes look good.
constexpr std::size_t kRows = 10'000;
constexpr std::size_t kQueries = 1000;
constexpr std::size_t kNeighbours = 10;
constexpr std::size_t kCandidates = 32;
/// Rows no farther than this are copies: whichever of them is found will do.
constexpr float kSame = 1e-6F;

/// True for the rows that are not among `kept`.
std::vector<bool> others(const std::vector<std::uint32_t>& kept,
                         std::size_t rows) {
  std::vector<bool> other(rows, true);
  for (const std::uint32_t row : kept) other[row] = false;
  return other;
}

}  // namespace

QuantizerEvaluation::QuantizerEvaluation(const VectorSet& vectors,
                                         std::size_t first_asked,
                                         unsigned threads)
    : vectors_(&vectors),
      threads_(threads),
      queries_(spread_over(vectors.rows() - first_asked, kQueries)) {
  for (std::uint32_t& query : queries_)
    query += static_cast<std::uint32_t>(first_asked);
  const std::vector<std::uint32_t> all = spread_over(vectors.rows(), kRows);
  std::set_union(all.begin(), all.end(), queries_.begin(), queries_.end(),
                 std::back_inserter(rows_));
  Matrix units(queries_.size(), vectors.dim());
  vectors.read_units(queries_.data(), queries_.size(), units.row(0));
  const std::vector<bool> skipped = others(rows_, vectors.rows());
  neighbours_ = search_flat(vectors, units.view(), kNeighbours, threads,
                            {queries_.begin(), queries_.end()},
                            [&](std::uint32_t row) { return skipped[row]; });
}

double QuantizerEvaluation::found_with(const ReductionView& piece) {
  CodedRows coded = code_rows(
      *vectors_, piece, rows_.size(), [&](std::size_t i) { return rows_[i]; },
      threads_);
  pieces_.push_back({piece.width, std::move(coded.reduced)});
  std::vector<double> found(queries_.size());
  parallel_for(queries_.size(), 4, threads_,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t q = begin; q < end; ++q)
                   found[q] = found_for(q);
               });
  std::size_t wanted = 0;
  for (const Hits& hits : neighbours_) wanted += hits.size();
  return std::accumulate(found.begin(), found.end(), 0.0) /
         static_cast<double>(std::max<std::size_t>(wanted, 1));
}

void QuantizerEvaluation::start_again() {
  pieces_.clear();
}

std::size_t QuantizerEvaluation::position_of(std::uint32_t row) const {
  const auto place = std::lower_bound(rows_.begin(), rows_.end(), row);
  return static_cast<std::size_t>(place - rows_.begin());
}

/// The squared distances of a query from all sampled rows, by their codes.
std::vector<std::int32_t> QuantizerEvaluation::distances(
    std::size_t query) const {
  std::vector<std::uint32_t> all(rows_.size());
  std::iota(all.begin(), all.end(), 0U);
  std::vector<std::int32_t> sums(all.size());
  std::vector<std::int32_t> more(all.size());
  for (const auto& [width, codes] : pieces_) {
    simd::active().l2sq_i8_rows(
        codes.data() + position_of(queries_[query]) * width, codes.data(),
        width, width, all.data(), all.size(), more.data());
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
  }
  return sums;
}

double QuantizerEvaluation::found_for(std::size_t query) const {
  const std::vector<std::int32_t> all = distances(query);
  std::vector<std::int32_t> sorted = all;
  sorted.erase(sorted.begin() +
               static_cast<std::ptrdiff_t>(position_of(queries_[query])));
  if (sorted.empty()) return 0;
  std::sort(sorted.begin(), sorted.end());
  std::size_t width = 0;
  for (const Piece& piece : pieces_) width += piece.width;
  const auto nearest = static_cast<float>(sorted.front());
  const auto below = [&](auto distance) {
    return static_cast<std::size_t>(
        std::lower_bound(sorted.begin(), sorted.end(), distance) -
        sorted.begin());
  };
  // A walk keeps at least 32 candidates, and more if codes cannot tell them
  // apart (CandidatePool).
  const std::size_t candidates =
      std::min(sorted.size(),
               std::clamp(below(indistinct_l2sq(width, nearest)), kCandidates,
                          kCandidates * kMaxCandidatesPerEf));
  const std::int32_t last = sorted[candidates - 1];
  const std::size_t nearer = below(last);
  const std::size_t ties = below(last + 1) - nearer;
  // Which of the rows at the last distance become candidates is left to chance.
  const double share_of_last =
      static_cast<double>(candidates - nearer) / static_cast<double>(ties);
  double found = 0;
  for (const Hit& hit : neighbours_[query]) {
    const std::int32_t distance = all[position_of(hit.row)];
    if (distance < last || (distance == last && hit.l2sq <= kSame))
      found += 1;
    else if (distance == last)
      found += share_of_last;
  }
  return found;
}

}  // namespace imsearch
