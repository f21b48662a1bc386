// Walking a finished graph for the rows whose short codes are nearest to a
// query's: the search of HNSW (Malkov and Yashunin, arXiv:1603.09320,
// algorithms 2 and 5), with three additions. Rows can be hidden (deleted, or
// the query itself): they are walked through, but not returned. Duplicate rows,
// of which the graph has one, are returned with that one. And more than ef
// candidates are returned where codes cannot tell which are nearest.
#pragma once

#include "base/search.h"
#include "index/graph_view.h"
#include "index/staged_codes.h"
#include "index/visited_rows.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace imsearch {

/// A pool for ef candidates grows to so many times ef at most, where codes
/// cannot tell rows apart, or rows are hidden.
inline constexpr std::size_t kMaxCandidatesPerEf = 8;

/// The squared distance from a query, in steps of codes of `width` bytes, below
/// which codes cannot say that a row is farther than the `nearest` one.
///
/// A code is a vector in steps plus an error in each component that is spread
/// evenly over (-1/2, 1/2), and so has the variance 1/12. Between two codes,
/// the errors of both add 1/6 a component to the squared distance: width / 6,
/// even if the vectors are equal. Up to four times that, 2/3 * width, at least
/// a quarter of what is measured is rounding, and its order means little.
///
/// Farther away, rounding changes the distance itself (not its square) by the
/// errors' component along one direction, whose standard deviation is
/// sqrt(1/6); for the difference between two rows it is sqrt(1/3) = 0.58. Two
/// steps are 3.5 times that, so that a row which codes put two steps behind the
/// nearest one really is farther.
inline float indistinct_l2sq(std::size_t width, float nearest) {
  const float further = std::sqrt(nearest) + 2;
  return std::max(static_cast<float>(width) * 2 / 3, further * further);
}

/// The nearest candidates visited so far, sorted; of equal distances those that
/// came first, by row where they came together. Those whose links have been
/// followed are marked as expanded. Hidden ones are kept, since ways lead
/// through them, as long as they are nearer than the last one that is visible
/// (not hidden).
class CandidatePool {
 public:
  /// How many candidates it keeps.
  struct Limits {
    std::size_t visible = 0;   // not hidden: ef
    std::size_t capacity = 0;  // in all, at least `visible`: with hidden ones,
                               // and those below indistinct_l2sq()
    std::size_t width = 0;     // bytes of a code
  };

  /// `is_hidden`, which may be empty, must last as long as the pool is used.
  void reset(const Limits& limits, const IsHidden& is_hidden);

  /// The distance from which on a candidate would be dropped at once.
  float limit() const { return limit_; }
  /// Adds candidates, which it sorts, and drops what is then too far.
  void add(Hit* candidates, std::size_t count);

  /// True once so many hidden ones are kept that there is no room for
  /// Limits::visible others. What the pool holds then means nothing.
  bool is_overfull() const { return is_overfull_; }

  bool has_unexpanded() const { return first_unexpanded_ < size_; }
  /// The nearest row that is not expanded.
  std::uint32_t nearest_unexpanded() const {
    return entries_[first_unexpanded_].row;
  }
  /// The nearest of all; there must be one.
  std::uint32_t nearest() const;
  /// Gives that row, too, and marks it as expanded.
  std::uint32_t expand_nearest();

  /// All candidates, hidden ones too, nearest first.
  Hits hits() const;

 private:
  bool is_visible(std::uint32_t row) const;
  void merge(const Hit* sorted, std::size_t count);
  void drop_last();
  void trim_with_hidden();
  /// trim_with_hidden() for walks where no row is hidden, as in most: it does
  /// not ask of each row whether it is.
  void trim_all_visible();

  Hits entries_;  // the top bit of row: expanded
  Limits limits_;
  const IsHidden* is_hidden_ = nullptr;  // null: no row is hidden
  float limit_ = 0;
  float indistinct_ = 0;
  std::size_t size_ = 0;
  std::size_t visible_ = 0;  // of size_; only counted where is_hidden_
  std::size_t first_unexpanded_ = 0;
  bool is_overfull_ = false;
};

/// One thread's memory for searches of one view.
class GraphSearch {
 public:
  explicit GraphSearch(const GraphView& view);

  /// The rows nearest to `query` (view.width bytes) by their codes, as far as a
  /// walk from the entry point finds them, sorted by distance, which is the
  /// squared one of codes. Gives `ef` rows that are not hidden, or fewer where
  /// the graph falls apart; and beyond these, up to `capacity` (at least `ef`)
  /// in all, those that indistinct_l2sq() cannot tell from the nearest.
  /// Duplicates count as rows. `is_hidden` may be empty. Gives nothing where
  /// hidden rows would fill the pool beyond `capacity`: the caller then scans.
  Hits walk(const std::int8_t* query, std::size_t ef, std::size_t capacity,
            const IsHidden& is_hidden);
  /// The same, walking from the row `start` of the graph instead: for queries
  /// that are near it, such as its own code.
  Hits walk_from(std::uint32_t start, const std::int8_t* query, std::size_t ef,
                 std::size_t capacity, const IsHidden& is_hidden);

 private:
  void measure(const std::int8_t* query);
  void fetch_next_links() const;
  std::uint32_t row_of_record(std::uint32_t index) const;
  std::uint32_t nearest_on_level(const std::int8_t* query, std::uint32_t index);
  std::uint32_t descend(const std::int8_t* query);
  void visit_alone(std::uint32_t row);
  void visit_unvisited(std::uint32_t row);
  void walk_level0(const std::int8_t* query);
  std::pair<const DuplicateRow*, const DuplicateRow*> duplicates_of(
      std::uint32_t row) const;
  Hits with_duplicates(const Hits& walked, const CandidatePool::Limits& limits,
                       const IsHidden& is_hidden) const;

  const GraphView* view_;
  decltype(simd::Kernels::l2sq_i8_rows) l2sq_i8_rows_ =
      simd::active().l2sq_i8_rows;
  CandidatePool pool_;
  std::vector<std::uint32_t>
      batch_;  // rows to be measured, the first batch_count_
  std::size_t batch_count_ = 0;
  std::vector<std::int32_t> distances_;  // theirs
  StagedCodes staged_;
  VisitedRows visited_;
};

}  // namespace imsearch
