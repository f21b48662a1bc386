// Three steps of growing cost and falling number of rows, as in a search
// (searcher.cpp), but with a distance that is known from the start: rows whose
// short codes say that they are farther are dropped first, then those whose
// 8-bit codes do, and only what is left is compared exactly. So a row without
// neighbours, which is what most rows are, costs the walk alone.
#include "index/near_rows.h"

#include "index/code_bounds.h"
#include "index/index_impl.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kRowsAtOnce = 512;
constexpr std::size_t kGrowth = 4;
/// A walk takes as long as a scan of so many rows for each candidate.
constexpr std::size_t kScannedRowsPerEf = 8;
/// Candidates kept while walking, for each row that is wanted.
constexpr std::size_t kEfPerRow = 2;

/// Rows that the graph does not have, since another of the same code stands for
/// them: (row, that one), rising.
std::vector<std::pair<std::uint32_t, std::uint32_t>> stand_ins(
    const GraphView& view) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::size_t i = 0; i < view.duplicate_count; ++i)
    pairs.emplace_back(view.duplicates[i].row, view.duplicates[i].in_graph);
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

}  // namespace

struct NearRows::Scratch {
  explicit Scratch(const Index& index)
      : graph(index.impl().view),
        stand_in(stand_ins(index.impl().view)),
        unit(index.dim()) {}

  /// The row of the graph that has this row's code.
  std::uint32_t in_graph(std::uint32_t row) const {
    const auto found = std::lower_bound(stand_in.begin(), stand_in.end(),
                                        std::make_pair(row, std::uint32_t{0}));
    return found != stand_in.end() && found->first == row ? found->second : row;
  }

  GraphSearch graph;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> stand_in;
  std::vector<std::uint32_t> rows;
  std::vector<std::int32_t> code_distances;
  std::vector<float> unit;
  std::vector<float> others;
};

NearRows::NearRows(const Index& index)
    : index_(&index), scratch_(std::make_unique<Scratch>(index)) {}
NearRows::~NearRows() = default;
NearRows::NearRows(NearRows&&) noexcept = default;

bool NearRows::is_zero(std::uint32_t row) const {
  return index_->impl().codes.scales[row] == 0;
}

Hits NearRows::walked(std::uint32_t row, std::size_t ef) {
  const GraphView& view = index_->impl().view;
  const std::uint32_t start = scratch_->in_graph(row);
  index_->impl().expect_walks();
  return scratch_->graph.walk_from(start < view.rows ? start : 0,
                                   view.code(row), ef, ef, IsHidden{});
}

/// All rows, with the distances of short codes.
Hits NearRows::scanned(std::uint32_t row) {
  index_->impl().expect_scans();
  const GraphView& view = index_->impl().view;
  Hits hits(view.rows);
  std::vector<std::uint32_t>& rows = scratch_->rows;
  scratch_->code_distances.resize(kRowsAtOnce);
  for (std::size_t first = 0; first < view.rows; first += kRowsAtOnce) {
    rows.resize(std::min(kRowsAtOnce, view.rows - first));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
    simd::active().l2sq_i8_rows(view.code(row), view.reduced, view.width,
                                view.width, rows.data(), rows.size(),
                                scratch_->code_distances.data());
    for (std::size_t i = 0; i < rows.size(); ++i)
      hits[first + i] = {rows[i],
                         static_cast<float>(scratch_->code_distances[i])};
  }
  return hits;
}

/// Of hits with the distances of short codes those that are as near, with exact
/// distances.
Hits NearRows::within(std::uint32_t row, float l2sq, Hits hits) {
  const Index::Impl& index = index_->impl();
  const CodedQuery query = {index.codes.code(row), index.codes.scales[row],
                            index.view.code(row), index.errors[row]};
  const CodeBounds bounds(index.codes, index.errors, index.info.dim, query);
  // The inequality of reduction.h, negated so that what damage has made NaN
  // rules out nothing.
  const float gain = index.reduction.gain;
  const float reach = gain * (std::sqrt(l2sq) + query.errors.reduced);
  const auto is_far = [&](const Hit& hit) {
    if (hit.row == row || is_zero(hit.row)) return true;
    const float longest = reach + gain * index.errors[hit.row].reduced;
    return hit.l2sq > longest * longest || bounds.of(hit.row).low > l2sq;
  };
  hits.erase(std::remove_if(hits.begin(), hits.end(), is_far), hits.end());
  if (hits.empty()) return hits;
  std::sort(hits.begin(), hits.end(),
            [](const Hit& a, const Hit& b) { return a.row < b.row; });
  std::vector<std::uint32_t> rows;
  for (const Hit& hit : hits) rows.push_back(hit.row);
  const std::vector<float> distances = measure(row, rows);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (distances[i] <= l2sq) hits[kept++] = {rows[i], distances[i]};
  hits.resize(kept);
  return hits;
}

NearRows::Answer NearRows::near(std::uint32_t row, float l2sq,
                                std::size_t first, bool once) {
  if (is_zero(row)) return {};
  const std::size_t rows = index_->rows();
  for (std::size_t wanted = first;; wanted *= kGrowth) {
    const std::size_t ef = kEfPerRow * (wanted + 1);
    if (rows <= kScannedRows || ef >= rows / kScannedRowsPerEf)
      return {within(row, l2sq, scanned(row)), true};
    Answer answer = {within(row, l2sq, walked(row, ef)), true};
    if (answer.hits.size() < wanted) return answer;
    answer.complete = false;
    if (once) return answer;
  }
}

std::vector<float> NearRows::measure(std::uint32_t row,
                                     const std::vector<std::uint32_t>& others) {
  constexpr std::size_t kTogether = 256;  // bounds memory
  const std::size_t dim = index_->dim();
  std::vector<float> distances(others.size());
  if (others.empty()) return distances;
  index_->read_unit(row, scratch_->unit.data());
  scratch_->others.resize(std::min(kTogether, others.size()) * dim);
  for (std::size_t i = 0; i < others.size(); i += kTogether)
    index_->measure_rows(scratch_->unit.data(), others.data() + i,
                         std::min(kTogether, others.size() - i),
                         scratch_->others.data(), distances.data() + i);
  return distances;
}

}  // namespace imsearch
