// A set of rows of one index: those that a search may find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace imsearch {

/// Rows as bits and as a list: a walk through a graph asks for one row at a
/// time, a scan looks at all of them. Takes an eighth of a byte for each row of
/// the index, and four bytes for each in the set.
class RowSet {
 public:
  /// `rows`, in rising order, of an index of `all` rows.
  RowSet(std::size_t all, std::vector<std::uint32_t> rows)
      : rows_(std::move(rows)), bits_((all + 63) / 64) {
    for (const std::uint32_t row : rows_)
      bits_[row / 64] |= std::uint64_t{1} << (row % 64);
  }

  std::size_t size() const { return rows_.size(); }
  bool contains(std::uint32_t row) const {
    return row / 64 < bits_.size() &&
           ((bits_[row / 64] >> (row % 64)) & 1) != 0;
  }
  const std::vector<std::uint32_t>& rows() const { return rows_; }

 private:
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace imsearch
