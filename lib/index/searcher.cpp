#include "index/flat.h"
#include "index/index_impl.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::size_t kScannedRows = 2000;
constexpr std::size_t kLeastReranked = 64;

}  // namespace

struct Searcher::Scratch {
  explicit Scratch(const Index& index)
      : graph(index.impl().view), unit(index.dim()) {
    query.code.resize(index.impl().view.stride);
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
  const bool leaves_out = leave_out && *leave_out < rows;
  const std::size_t k = std::min(params.k, rows - std::size_t{leaves_out});
  if (k == 0) return {};
  CodedQuery& query = scratch_->query;
  query.scale = encode8(unit_query, index_->dim(), query.code.data());

  const std::size_t ef = std::max(params.ef, k + std::size_t{leaves_out});
  const bool scans = rows <= kScannedRows || query.scale == 0;
  const CandidatePool* pool = scans ? &scratch_->graph.scan(query, ef)
                                    : &scratch_->graph.walk(query, ef);
  if (pool->size() < k + std::size_t{leaves_out})
    pool = &scratch_->graph.scan(query, ef);

  const std::size_t reranked = std::max(2 * k, kLeastReranked);
  Hits hits;
  for (std::size_t i = 0; i < pool->size() && hits.size() < reranked; ++i) {
    const std::uint32_t row = (*pool)[i].row;
    if (row == leave_out) continue;
    index_->read_unit(row, scratch_->unit.data());
    hits.push_back(
        {row, exact_l2sq(unit_query, scratch_->unit.data(), index_->dim())});
  }
  std::sort(hits.begin(), hits.end());
  hits.resize(std::min(k, hits.size()));
  return hits;
}

}  // namespace imsearch
