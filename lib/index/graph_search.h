// Walking a finished graph for the rows whose short codes are nearest to a
// query's.
#pragma once

#include "base/search.h"
#include "index/graph_view.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace imsearch {

/// So many times ef rows are kept at most, where codes cannot tell them apart
/// or rows are hidden.
inline constexpr std::size_t kMostPerEf = 8;

/// Rows whose squared distances from a query are below this are told apart
/// badly by codes of `width` bytes from the `nearest` one: rounding makes a
/// quarter of 2/3 a component between two codes, and some two steps of their
/// distance from a third.
inline float indistinct_l2sq(std::size_t width, float nearest) {
  const float further = std::sqrt(nearest) + 2;
  return std::max(static_cast<float>(width) * 2 / 3, further * further);
}

/// The nearest candidates met so far, sorted; equal distances stay in the order
/// they came in. Some are marked as expanded. Hidden ones are kept, since ways
/// lead through them, as long as they are nearer than the last one that counts.
class CandidatePool {
 public:
  /// What it keeps.
  struct Limits {
    std::size_t wanted = 0;  // candidates that are not hidden
    std::size_t most = 0;    // in all, at least `wanted`: with those that
                             // indistinct_l2sq() tells of
    std::size_t width = 0;   // of codes
  };

  /// `is_hidden`, which may be empty, must last as long as the pool is used.
  void reset(const Limits& limits, const IsHidden& is_hidden);

  /// Whether push() would keep a candidate of that distance.
  bool takes(float l2sq) const { return l2sq < limit_; }
  /// Only one that it takes().
  void push(float l2sq, std::uint32_t row);

  /// True once so many are hidden that those wanted do not fit in.
  bool is_overfull() const { return is_overfull_; }

  bool has_unexpanded() const { return first_unexpanded_ < size_; }
  /// The nearest row that is not expanded.
  std::uint32_t nearest_unexpanded() const {
    return entries_[first_unexpanded_].row;
  }
  /// The same, and marks it.
  std::uint32_t expand_nearest();

  /// All of them, hidden ones too, nearest first.
  Hits hits() const;

 private:
  bool counts(std::uint32_t row) const;
  void drop_last();
  void drop_needless();
  /// The same where no row is hidden, as in most walks: all of them count.
  void drop_beyond_wanted();

  Hits entries_;  // the top bit of row: expanded
  Limits limits_;
  const IsHidden* is_hidden_ = nullptr;  // or none are
  float limit_ = 0;
  float indistinct_ = 0;
  std::size_t size_ = 0;
  std::size_t counted_ = 0;  // that are not hidden, where some are
  std::size_t first_unexpanded_ = 0;
  bool is_overfull_ = false;
};

/// One thread's memory for searches of one view.
class GraphSearch {
 public:
  explicit GraphSearch(const GraphView& view);

  /// The nearest rows, by their codes, that a walk from the entry point finds,
  /// and their twins, sorted by distance: `ef` that are not hidden (fewer where
  /// the graph falls apart), and beyond these all whose codes cannot be told
  /// from the query's, or from those of the last row, as far as `most` (at
  /// least `ef`) allows. Hidden rows are walked through; where more than `most`
  /// rows would have to be kept for them, the walk gives up and finds nothing.
  /// Distances are squared ones of codes. `query`: view.width bytes;
  /// `is_hidden` may be empty.
  Hits walk(const std::int8_t* query, std::size_t ef, std::size_t most,
            const IsHidden& is_hidden);

 private:
  void measure(const std::int8_t* query);
  void fetch_next_links() const;
  std::uint32_t row_of_record(std::uint32_t index) const;
  std::uint32_t nearest_on_level(const std::int8_t* query, std::uint32_t index);
  std::uint32_t descend(const std::int8_t* query);
  void visit_alone(std::uint32_t row);
  void visit_unvisited(std::uint32_t row);
  void start_visiting();
  void walk_level0(const std::int8_t* query);
  std::pair<const Twin*, const Twin*> twins_of(std::uint32_t row) const;
  Hits with_twins(const Hits& walked, const CandidatePool::Limits& limits,
                  const IsHidden& is_hidden) const;

  const GraphView* view_;
  decltype(simd::Kernels::l2sq_i8_rows) l2sq_i8_rows_ =
      simd::active().l2sq_i8_rows;
  CandidatePool pool_;
  std::vector<std::uint32_t> met_;  // rows to be measured, the first met_count_
  std::size_t met_count_ = 0;
  std::vector<std::int32_t> distances_;  // theirs
  std::vector<std::uint16_t> visited_;   // == epoch_: in this walk
  std::uint16_t epoch_ = 0;
};

}  // namespace imsearch
