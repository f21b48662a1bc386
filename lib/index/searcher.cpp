// One query, in three stages of growing cost and falling number of rows: the
// graph gives candidates by short codes, 8-bit codes re-rank them, and the best
// are compared exactly, each after a check that it is still the row that was
// indexed. What rounding may do to an 8-bit code (code_bounds.h) says which
// other candidates could still be among the k nearest, and only those are
// compared as well: a row is 80 cache lines, and its code 20.
//
// Where a walk would cost more than looking at every row, or finds too few, the
// exact search with pruning (pruned_scan.h) answers instead.
#include "index/searcher.h"

#include "index/code_bounds.h"
#include "index/index_impl.h"
#include "index/pruned_scan.h"
#include "index/sq8.h"
#include "index/top_k.h"
#include "simd/prefetch.h"

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

// Measured at dim 1280 and M 48: a walk takes as long as a scan of some 8 rows
// for each of its ef candidates, and the scan misses nothing. A scan of 1,000
// rows takes 0.08 ms.
constexpr std::size_t kScannedRowsPerEf = 8;
constexpr std::size_t kScannedRows = 1000;

/// Candidates that codes leave undecided are compared exactly in batches of
/// this size: large enough to read rows together, small enough that the
/// distances of one batch decide some of the next.
constexpr std::size_t kComparedTogether = 16;

/// So many whole codes are prefetched while one is compared.
constexpr std::size_t kCodesAhead = 4;

bool is_scanned(std::size_t rows, std::size_t ef) {
  return rows <= kScannedRows || rows / kScannedRowsPerEf < ef;
}

/// How many candidates are compared exactly, whatever their codes say.
std::size_t exact_count(const SearchParams& params, std::size_t k) {
  return std::max(params.rerank, k);
}

/// Keeps `count` hits, and those behind them at the same distance: codes do not
/// say which of those to cut off.
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
        scan(index.impl()),
        stride(index.impl().codes.stride),
        reduction(index.impl().reduction) {
    make_room(1);
  }

  /// For the codes of so many queries; those that are here are lost.
  void make_room(std::size_t queries) {
    if (codes.size() >= queries * stride) return;
    codes.resize(queries * stride);
    reduced.resize(queries * reduction.width);
  }

  /// The codes stay here, in the place of a query that is done.
  CodedQuery coded(const float* unit_query, std::size_t place) {
    std::int8_t* const code = codes.data() + place * stride;
    std::int8_t* const less = reduced.data() + place * reduction.width;
    CodedQuery query = {code, 0, less, {}};
    query.scale = encode(unit_query, reduction, code, less, query.errors);
    return query;
  }

  GraphSearch graph;
  PrunedScan scan;
  std::size_t stride;
  ReductionView reduction;
  std::vector<std::int8_t> codes;    // [queries, stride]
  std::vector<std::int8_t> reduced;  // [queries, reduction.width]
  // For the rows that are compared exactly.
  std::vector<std::uint32_t> rows;
  std::vector<float> units;
  std::vector<float> distances;
};

struct Searcher::Task {
  const float* unit_query;
  CodedQuery coded;
  std::size_t rows;     // in the index that are not hidden
  std::size_t scanned;  // that a scan would look at
  std::size_t k;        // at most `rows`
  IsHidden is_hidden;
};

Searcher::Searcher(const Index& index, std::shared_ptr<const RowSet> allowed)
    : index_(&index),
      allowed_(std::move(allowed)),
      scratch_(std::make_unique<Scratch>(index)) {}
Searcher::~Searcher() = default;
Searcher::Searcher(Searcher&&) noexcept = default;

// Its codes take the place of those of an earlier query with that `place`.
Searcher::Task Searcher::task_of(const SearchQuery& query, std::size_t k,
                                 std::size_t place) {
  const std::optional<std::uint32_t> excluded = query.excluded;
  const Index& index = *index_;
  const RowSet* allowed = allowed_.get();
  Task task = {query.unit, {}, 0, index.rows(), 0, {}};
  if (allowed != nullptr) {
    task.rows = task.scanned = allowed->size();
    task.is_hidden = [allowed, excluded](std::uint32_t row) {
      return row == excluded || !allowed->contains(row);
    };
  } else {
    task.rows = index.rows() - index.deleted_rows();
    task.is_hidden = [&index, excluded](std::uint32_t row) {
      return row == excluded || index.is_deleted(row);
    };
  }
  if (excluded && *excluded < index.rows() &&
      (allowed != nullptr ? allowed->contains(*excluded)
                          : !index.is_deleted(*excluded)))
    --task.rows;
  task.k = std::min(k, task.rows);
  if (task.k > 0) task.coded = scratch_->coded(query.unit, place);
  return task;
}

/// Answers a zero query: zero rows are nearest to it, and all others equally
/// far, so that a walk would find no direction to go.
Hits Searcher::nearest_to_zero(const Task& task) const {
  const CodesView& codes = index_->impl().codes;
  Hits hits;
  for (const bool zero : {true, false})
    for (std::uint32_t row = 0; row < codes.rows && hits.size() < task.k; ++row)
      if ((codes.scales[row] == 0) == zero && !task.is_hidden(row))
        hits.push_back({row, 0});
  return hits;
}

/// Candidates that a walk finds; fewer than k where the index must be scanned
/// instead, because it has few rows or too many of the nearest are hidden.
Hits Searcher::walk(const Task& task, const SearchParams& params) {
  const std::size_t rows = index_->rows();
  const std::size_t ef = std::max(params.ef, task.k);
  // Hidden rows occupy candidate slots, so ef grows in proportion.
  const std::size_t walked = (ef * rows + task.rows - 1) / task.rows;
  if (is_scanned(task.scanned, walked)) return {};
  if (task.coded.scale == 0) return nearest_to_zero(task);
  index_->impl().expect_walks();
  const std::size_t most =
      std::min(kMaxCandidatesPerEf * walked, task.scanned / kScannedRowsPerEf);
  Hits hits =
      scratch_->graph.walk(task.coded.reduced, ef, most,
                           task.rows < rows ? task.is_hidden : IsHidden{});
  if (params.rerank_codes > 0)
    keep_nearest(hits,
                 std::max(params.rerank_codes, exact_count(params, task.k)));
  return hits;
}

void Searcher::rerank_by_codes(const CodedQuery& query, Hits& hits) const {
  const CodesView& codes = index_->impl().codes;
  const CodeErrors* errors = index_->impl().errors;
  const CodedDistance distance(codes, query.code, query.scale);
  const auto fetch = [&](std::size_t i) {
    if (i >= hits.size()) return;
    prefetch(codes.code(hits[i].row), codes.stride);
    prefetch(errors + hits[i].row, sizeof(CodeErrors));  // of bounds, later
  };
  for (std::size_t i = 0; i < kCodesAhead; ++i) fetch(i);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    fetch(i + kCodesAhead);
    hits[i].l2sq = distance.l2sq_to(hits[i].row);
  }
  std::sort(hits.begin(), hits.end());
}

std::vector<Hits> Searcher::scan(const std::vector<Task>& tasks) {
  index_->impl().expect_scans();
  std::vector<ScannedQuery> queries;
  queries.reserve(tasks.size());
  for (const Task& task : tasks)
    queries.push_back({task.coded, task.k, task.is_hidden});
  return scratch_->scan.candidates(queries, allowed_.get());
}

/// The k nearest of the candidates.
Hits Searcher::nearest_of(const Task& task, Hits hits) {
  constexpr std::size_t kTogether = 256;  // bounds memory
  for (std::size_t i = 0; i < hits.size(); i += kTogether)
    compare_exactly(task.unit_query, hits.data() + i,
                    std::min(kTogether, hits.size() - i));
  std::sort(hits.begin(), hits.end());
  hits.resize(std::min(task.k, hits.size()));
  return hits;
}

/// The k nearest of candidates that a walk found. `exact` of them (at least k)
/// are compared whatever their codes say; of the others those that may be
/// nearer than the k-th best so far.
Hits Searcher::nearest_walked(const Task& task, std::size_t exact, Hits hits) {
  // Ranking so few more by codes would take longer than comparing them.
  if (hits.size() <= exact + exact / 4)
    return nearest_of(task, std::move(hits));
  rerank_by_codes(task.coded, hits);
  const Index::Impl& index = index_->impl();
  const CodeBounds bounds(index.codes, index.errors, index.info.dim,
                          task.coded);
  TopK nearest(task.k);
  std::size_t compared = 0;
  const auto compare_until = [&](std::size_t end) {
    compare_exactly(task.unit_query, hits.data() + compared, end - compared);
    for (; compared < end; ++compared)
      if (nearest.would_take(hits[compared])) nearest.take(hits[compared]);
  };
  compare_until(exact);
  // Those that the bounds leave undecided move up, behind what is compared.
  std::size_t open = compared;
  for (std::size_t i = exact; i < hits.size(); ++i) {
    if (!(bounds.likely_low(hits[i].row, hits[i].l2sq) > nearest.worst().l2sq))
      hits[open++] = hits[i];
    if (open - compared == kComparedTogether) compare_until(open);
  }
  compare_until(open);
  return nearest.sorted();
}

void Searcher::compare_exactly(const float* unit_query, Hit* hits,
                               std::size_t count) {
  const std::size_t dim = index_->dim();
  std::vector<std::uint32_t>& rows = scratch_->rows;
  rows.clear();
  for (std::size_t i = 0; i < count; ++i) rows.push_back(hits[i].row);
  // It only grows: shrinking and growing would set its floats to zero each
  // time.
  if (scratch_->units.size() < count * dim) scratch_->units.resize(count * dim);
  scratch_->distances.resize(count);
  index_->measure_rows(unit_query, rows.data(), count, scratch_->units.data(),
                       scratch_->distances.data());
  for (std::size_t i = 0; i < count; ++i) hits[i].l2sq = scratch_->distances[i];
}

Hits Searcher::search(const float* unit_query, const SearchParams& params,
                      std::optional<std::uint32_t> excluded) {
  const Task task = task_of({unit_query, excluded}, params.k, 0);
  if (task.k == 0) return {};
  Hits hits = walk(task, params);
  if (hits.size() < task.k)
    return nearest_of(task, std::move(scan({task}).front()));
  return nearest_walked(task, exact_count(params, task.k), std::move(hits));
}

Hits Searcher::search_exactly(const float* unit_query, std::size_t k,
                              std::optional<std::uint32_t> excluded) {
  return std::move(search_exactly({{unit_query, excluded}}, k).front());
}

std::vector<Hits> Searcher::search_exactly(
    const std::vector<SearchQuery>& queries, std::size_t k) {
  index_->ensure_rows();
  std::vector<Hits> all(queries.size());
  const std::size_t together = std::min(exact_together(), queries.size());
  scratch_->make_room(together);
  for (std::size_t first = 0; first < all.size(); first += together) {
    std::vector<Task> tasks;
    std::vector<Hits*> answers;
    for (std::size_t q = first; q < std::min(first + together, all.size());
         ++q) {
      Task task = task_of(queries[q], k, tasks.size());
      if (task.k == 0) continue;
      tasks.push_back(std::move(task));
      answers.push_back(&all[q]);
    }
    std::vector<Hits> candidates = scan(tasks);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      *answers[i] = nearest_of(tasks[i], std::move(candidates[i]));
  }
  // Again, for rows that were passed over may have changed meanwhile.
  index_->ensure_rows();
  return all;
}

std::size_t Searcher::exact_together() const {
  return scratch_->scan.queries_together();
}

}  // namespace imsearch
