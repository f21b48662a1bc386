// The rows of an index that are within a distance of one of its rows: what a
// join of the index with itself asks for each row.
#pragma once

#include "base/search.h"
#include "index/graph_search.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace imsearch {

/// One thread's asking of one index, which must outlive it.
///
/// Walks the graph from the row itself, whose links lead to its neighbours, and
/// ends where short codes say that no more are near: so it takes less than a
/// search. Indexes of up to kScannedRows rows are compared whole instead, and
/// nothing is missed. Distances are those of Index::measure_rows().
class NearRows {
 public:
  static constexpr std::size_t kScannedRows = 10'000;

  explicit NearRows(const Index& index);
  ~NearRows();
  NearRows(NearRows&&) noexcept;

  struct Answer {
    Hits hits;             // by row, without the row itself
    bool complete = true;  // false: there may be more
  };

  /// Rows with a squared distance of at most `l2sq` from `row`, deleted ones
  /// too. Wants `first` of them; if so many are within the distance, four times
  /// as many, and so on, unless `once`. A zero row is near none. Throws
  /// RowError where a row has changed.
  Answer near(std::uint32_t row, float l2sq, std::size_t first, bool once);

  /// The squared distances of `row` from those rows.
  std::vector<float> measure(std::uint32_t row,
                             const std::vector<std::uint32_t>& others);

  /// Whether a row is zero.
  bool is_zero(std::uint32_t row) const;

 private:
  struct Scratch;
  Hits walked(std::uint32_t row, std::size_t ef);
  Hits scanned(std::uint32_t row);
  Hits within(std::uint32_t row, float l2sq, Hits hits);

  const Index* index_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace imsearch
