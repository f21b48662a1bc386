// Walking a finished graph for the rows whose short codes are nearest to a
// query's.
#pragma once

#include "base/hit.h"
#include "index/graph_view.h"
#include "simd/kernels.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// The nearest candidates met so far, sorted, at most `capacity`; equal
/// distances stay in the order they came in. Some are marked as expanded.
class CandidatePool {
 public:
  void reset(std::size_t capacity);

  /// Whether push() would keep a candidate of that distance.
  bool takes(float l2sq) const {
    return size_ < capacity_ || l2sq < entries_[size_ - 1].l2sq;
  }
  void push(float l2sq, std::uint32_t row);

  bool has_unexpanded() const { return first_unexpanded_ < size_; }
  /// The nearest row that is not expanded.
  std::uint32_t nearest_unexpanded() const {
    return entries_[first_unexpanded_].row;
  }
  /// The same, and marks it.
  std::uint32_t expand_nearest();

  /// All of them, nearest first.
  Hits hits() const;

 private:
  Hits entries_;  // the top bit of row: expanded
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t first_unexpanded_ = 0;
};

/// One thread's memory for searches of one view.
class GraphSearch {
 public:
  explicit GraphSearch(const GraphView& view);

  /// The up to `ef` nearest rows, by their codes, that a walk from the entry
  /// point finds, and their twins: fewer where the graph falls apart. Distances
  /// are squared ones of codes. `query`: view.width bytes.
  Hits walk(const std::int8_t* query, std::size_t ef);

 private:
  void measure(const std::int8_t* query);
  void fetch_next_links() const;
  std::uint32_t row_of_record(std::uint32_t index) const;
  std::uint32_t nearest_on_level(const std::int8_t* query, std::uint32_t index);
  std::uint32_t descend(const std::int8_t* query);
  void meet_alone(std::uint32_t row);
  void meet_unvisited(std::uint32_t row);
  void start_visiting();
  Hits with_twins(const Hits& walked, std::size_t max_count) const;

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
