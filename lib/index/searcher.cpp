#include "index/codes_scan.h"
#include "index/flat.h"
#include "index/index_impl.h"
#include "index/prefetch.h"

#include <algorithm>

namespace imsearch {
namespace {

// Measured at dim 1280, M 48: a walk costs as much as scanning some 24 rows for
// each of its ef candidates, and never less than scanning some 1,000.
constexpr std::size_t kScannedRowsPerEf = 24;
constexpr std::size_t kScannedRows = 1000;

bool is_scanned(std::size_t rows, std::size_t ef) {
  return rows <= kScannedRows || rows / kScannedRowsPerEf < ef;
}

/// Candidates to be compared exactly.
std::size_t exact_count(const SearchParams& params, std::size_t k) {
  return std::max(params.rerank, 2 * k);
}

/// Codes cannot tell equal distances apart, so none of those is cut off.
void keep_nearest(Hits& hits, std::size_t count) {
  while (count > 0 && count < hits.size() &&
         hits[count].l2sq == hits[count - 1].l2sq)
    ++count;
  hits.resize(std::min(count, hits.size()));
}

}  // namespace

struct Searcher::Scratch {
  explicit Scratch(const Index& index)
      : graph(index.impl().view),
        code(index.impl().codes.stride),
        reduced(index.impl().view.width) {}

  GraphSearch graph;
  std::vector<std::int8_t> code;  // of the query, in both forms
  float scale = 0;
  std::vector<std::int8_t> reduced;
  // Of the rows that are compared exactly.
  std::vector<std::uint32_t> rows;
  std::vector<float> units;
  std::vector<float> distances;
};

Searcher::Searcher(const Index& index)
    : index_(&index), scratch_(std::make_unique<Scratch>(index)) {}
Searcher::~Searcher() = default;
Searcher::Searcher(Searcher&&) noexcept = default;

void Searcher::encode(const float* unit_query) {
  Scratch& scratch = *scratch_;
  scratch.scale = encode8(unit_query, index_->dim(), scratch.code.data());
  index_->impl().reduction.encode(unit_query, scratch.code.data(),
                                  scratch.scale, scratch.reduced.data());
}

Hits Searcher::candidates(std::size_t least, const SearchParams& params) {
  const CodesView& codes = index_->impl().codes;
  const CodesScan scan(codes, scratch_->code.data(), scratch_->scale);
  const std::size_t ef = std::max(params.ef, least);
  // A zero query is as far from all: nothing leads a walk.
  if (is_scanned(codes.rows, ef) || scratch_->scale == 0)
    return scan.nearest(ef);
  Hits hits = scratch_->graph.walk(scratch_->reduced.data(), ef);
  if (hits.size() < least) return scan.nearest(ef);
  const std::size_t exact = exact_count(params, least);
  keep_nearest(hits, std::max(params.rerank_codes, exact));
  if (hits.size() > exact) {
    for (const Hit& hit : hits) prefetch(codes.code(hit.row), codes.stride);
    for (Hit& hit : hits) hit.l2sq = scan.l2sq(hit.row);
    std::sort(hits.begin(), hits.end());
  }
  return hits;
}

void Searcher::compare_exactly(const float* unit_query, Hits& hits) {
  const std::size_t dim = index_->dim();
  std::vector<std::uint32_t>& rows = scratch_->rows;
  rows.clear();
  for (const Hit& hit : hits) rows.push_back(hit.row);
  scratch_->units.resize(hits.size() * dim);
  scratch_->distances.resize(hits.size());
  index_->read_units(rows.data(), rows.size(), scratch_->units.data());
  exact_l2sq(unit_query, scratch_->units.data(), rows.size(), dim,
             scratch_->distances.data());
  for (std::size_t i = 0; i < hits.size(); ++i)
    hits[i].l2sq = scratch_->distances[i];
}

Hits Searcher::search(const float* unit_query, const SearchParams& params,
                      std::optional<std::uint32_t> leave_out) {
  const std::size_t rows = index_->rows();
  const std::size_t left_out = leave_out && *leave_out < rows ? 1 : 0;
  const std::size_t k = std::min(params.k, rows - left_out);
  if (k == 0) return {};
  encode(unit_query);
  Hits hits = candidates(k + left_out, params);
  if (left_out > 0)
    hits.erase(std::remove_if(hits.begin(), hits.end(),
                              [&](const Hit& h) { return h.row == leave_out; }),
               hits.end());
  keep_nearest(hits, exact_count(params, k));
  compare_exactly(unit_query, hits);
  std::sort(hits.begin(), hits.end());
  hits.resize(std::min(k, hits.size()));
  return hits;
}

}  // namespace imsearch
