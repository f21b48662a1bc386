#include "index/flat.h"
#include "index/index_impl.h"

#include <algorithm>

namespace imsearch {
namespace {

// Measured at dim 1280, M 48: a walk costs as much as scanning some 24 rows for
// each of its ef candidates, and never less than scanning some 1,000.
constexpr std::size_t kScannedRowsPerEf = 24;
constexpr std::size_t kScannedRows = 1000;

// Measured on 100,000 rows, k 10: the 16 best by codes hold the 10 best of
// those that a walk found (recall .9998 at ef 64, as with 64 of them); 10 hold
// .996 of them. One costs some 1 us.
constexpr std::size_t kRerankedPerK = 2;
constexpr std::size_t kLeastReranked = 32;

bool is_scanned(std::size_t rows, std::size_t ef) {
  return rows <= kScannedRows || rows / kScannedRowsPerEf < ef;
}

/// Codes cannot tell equal distances apart, so none of those is cut off.
std::size_t reranked_count(const Hits& hits, std::size_t k) {
  std::size_t count = std::max(kRerankedPerK * k, kLeastReranked);
  if (count >= hits.size()) return hits.size();
  while (count < hits.size() && hits[count].l2sq == hits[count - 1].l2sq)
    ++count;
  return count;
}

}  // namespace

struct Searcher::Scratch {
  explicit Scratch(const Index& index)
      : graph(index.impl().view), unit(index.dim()) {
    query.code.resize(index.impl().view.stride);
  }

  /// At least `least` rows near the query, by their codes, nearest first.
  Hits candidates(std::size_t rows, std::size_t least, std::size_t ef) {
    ef = std::max(ef, least);
    // A zero query is as far from all: nothing leads a walk.
    if (is_scanned(rows, ef) || query.scale == 0) return graph.scan(query, ef);
    Hits found = graph.walk(query, ef);
    return found.size() < least ? graph.scan(query, ef) : found;
  }

  GraphSearch graph;
  CodedQuery query;
  std::vector<float> unit;
};

Searcher::Searcher(const Index& index)
    : index_(&index), scratch_(std::make_unique<Scratch>(index)) {}
Searcher::~Searcher() = default;
Searcher::Searcher(Searcher&&) noexcept = default;

Hits Searcher::search(const float* unit_query, const SearchParams& params,
                      std::optional<std::uint32_t> leave_out) {
  const std::size_t rows = index_->rows();
  const std::size_t left_out = leave_out && *leave_out < rows ? 1 : 0;
  const std::size_t k = std::min(params.k, rows - left_out);
  if (k == 0) return {};
  scratch_->query.scale =
      encode8(unit_query, index_->dim(), scratch_->query.code.data());
  Hits hits = scratch_->candidates(rows, k + left_out, params.ef);
  if (left_out > 0)
    hits.erase(std::remove_if(hits.begin(), hits.end(),
                              [&](const Hit& h) { return h.row == leave_out; }),
               hits.end());
  hits.resize(reranked_count(hits, k));
  for (Hit& hit : hits) {
    float* unit = scratch_->unit.data();
    index_->read_unit(hit.row, unit);
    hit.l2sq = exact_l2sq(unit_query, unit, index_->dim());
  }
  std::sort(hits.begin(), hits.end());
  hits.resize(std::min(k, hits.size()));
  return hits;
}

}  // namespace imsearch
