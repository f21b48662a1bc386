// Searches of three kinds: a walk through the graph, which is what nearly all
// are; a comparison with every row; and rows by their names, with or without a
// vector to compare those with.
#include "protocol/find.h"

#include "base/row_set.h"
#include "index/vector_set.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

namespace imsearch {
namespace {

constexpr std::uint32_t kRowsBetweenClocks = 4096;

/// The vector at length 1. One that has it, but for rounding, stays as it is:
/// whoever normalised it as we do gets the answers of its very bits.
std::vector<float> unit_of(const std::vector<float>& vector) {
  constexpr float kRounding = 1e-6F;
  const float square =
      simd::active().dot(vector.data(), vector.data(), vector.size());
  if (std::abs(square - 1) <= kRounding) return vector;
  std::vector<float> unit(vector.size());
  if (!normalize(vector.data(), vector.size(), unit.data()))
    fail_request("the vector's length is more than a float32 can hold");
  return unit;
}

/// Calls `take` with each row that fits and is not deleted, in order.
void each_match(const Index& index, const NameMatcher& matcher,
                Deadline deadline,
                const std::function<void(std::uint32_t)>& take) {
  for (std::uint32_t row = 0; row < index.rows(); ++row) {
    if (row % kRowsBetweenClocks == 0) check_clock(deadline);
    if (!index.is_deleted(row) &&
        (matcher.matches_all() || matcher.matches(row, index.name(row))))
      take(row);
  }
}

/// The rows that fit, for a search among them alone.
std::shared_ptr<const RowSet> matching_rows(const Index& index,
                                            const NameQuery& query,
                                            Deadline deadline) {
  std::vector<std::uint32_t> rows;
  each_match(index, NameMatcher(query), deadline,
             [&](std::uint32_t row) { rows.push_back(row); });
  return std::make_shared<RowSet>(index.rows(), std::move(rows));
}

Hits nearest_with(Searcher& searcher, const float* unit,
                  const SearchRequest& search, const FindParams& params) {
  if (search.exact) return searcher.search_exactly(unit, search.k);
  SearchParams walk;
  walk.k = search.k;
  walk.ef = std::max(search.ef.value_or(params.ef), search.k);
  return searcher.search(unit, walk);
}

Hits nearest(const OpenedIndex& opened, const SearchRequest& search,
             const FindParams& params, Deadline deadline) {
  const std::vector<float> unit = unit_of(search.vector);
  if (search.exact && opened.index().vectors() == nullptr)
    fail_request("exact search needs the vectors: {}",
                 opened.index().why_no_vectors());
  Hits hits;
  opened.with_searcher([&](Searcher& searcher) {
    if (search.filter.kind == NameQuery::Kind::kAll) {
      hits = nearest_with(searcher, unit.data(), search, params);
    } else {
      Searcher among(opened.index(),
                     matching_rows(opened.index(), search.filter, deadline));
      hits = nearest_with(among, unit.data(), search, params);
    }
  });
  return hits;
}

Space space_of(const SearchRequest& search, Space otherwise) {
  if (search.space.empty()) return otherwise;
  if (search.space == "l2") return Space::kL2;
  if (search.space == "cosinesimil") return Space::kCosine;
  if (search.space == "innerproduct") return Space::kInnerProduct;
  fail_request("[space_type] should be l2, cosinesimil or innerproduct");
}

/// Rows by their names: all have the same score.
Found rows_in_order(const OpenedIndex& opened, const SearchRequest& search,
                    Deadline deadline) {
  Found found;
  found.max_score = 1;
  opened.with_searcher([&](Searcher&) {
    each_match(
        opened.index(), NameMatcher(search.filter), deadline,
        [&](std::uint32_t row) {
          if (found.total >= search.from && found.rows.size() < search.size)
            found.rows.push_back({row, 1});
          ++found.total;
        });
  });
  return found;
}

}  // namespace

Deadline deadline_from_now() {
  return std::chrono::steady_clock::now() + kPatience;
}

void check_clock(Deadline deadline) {
  if (std::chrono::steady_clock::now() > deadline)
    throw RequestError(503, "timeout_exception",
                       "the search took too long and was given up: a filter "
                       "that fewer rows match, no exact search, or fewer "
                       "distinct answers are quicker");
}

double score_of(float l2sq, Space space) {
  const double distance = l2sq;
  const double cosine = 1 - distance / 2;
  switch (space) {
    case Space::kCosine:
      return (1 + cosine) / 2;
    case Space::kL2:
      return 1 / (1 + distance);
    case Space::kInnerProduct:
      return cosine >= 0 ? cosine + 1 : 1 / (1 - cosine);
  }
  fail("no such space: {}", static_cast<int>(space));
}

Found find(const OpenedIndex& opened, const SearchRequest& search,
           const FindParams& params, Deadline deadline) {
  if (!search.is_nearest()) return rows_in_order(opened, search, deadline);
  const Space space = space_of(search, params.space);
  std::vector<ScoredRow> scored;
  for (const Hit& hit : nearest(opened, search, params, deadline)) {
    const double score = score_of(hit.l2sq, space);
    if (search.min_score && score < *search.min_score) break;
    scored.push_back({hit.row, score});
  }
  Found found;
  found.total = scored.size();
  if (!scored.empty()) found.max_score = scored.front().score;
  const auto begin =
      static_cast<std::ptrdiff_t>(std::min(search.from, scored.size()));
  const auto end = static_cast<std::ptrdiff_t>(
      std::min(search.from + search.size, scored.size()));
  found.rows.assign(scored.begin() + begin, scored.begin() + end);
  return found;
}

std::size_t count_rows(const OpenedIndex& opened, const NameQuery& query,
                       Deadline deadline) {
  std::size_t count = 0;
  opened.with_searcher([&](Searcher&) {
    each_match(opened.index(), NameMatcher(query), deadline,
               [&](std::uint32_t) { ++count; });
  });
  return count;
}

}  // namespace imsearch
