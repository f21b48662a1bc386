// Which of the rows near a row it links to: the heuristic of HNSW (Malkov and
// Yashunin, arXiv:1603.09320, algorithm 4), relaxed as in Vamana (Subramanya et
// al., DiskANN, NeurIPS 2019).
#pragma once

#include "base/search.h"
#include "simd/kernels.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// A candidate is dropped when so many times its squared distance from a chosen
/// one is less than that from the row. 1 is the paper's rule, which leaves few
/// links where neighbours lie on a surface of low dimension.
inline constexpr float kRelaxedRule = 1.1F;

/// So many links a row keeps if there are candidates. Measured on rows that
/// have few values each, and a zero row that is nearer to all of them than they
/// are to each other: with 16 links at M 48 as many are found as without that
/// row, with 8 fewer.
inline std::size_t least_links(std::size_t M) {
  return M / 3;
}

/// One thread's memory for choosing links by short codes.
class LinkSelection {
 public:
  /// `codes` [rows, width] must outlive it.
  LinkSelection(const std::int8_t* codes, std::size_t width)
      : codes_(codes), width_(width) {}

  /// Leaves `least` to `most` of the candidates, if there are so many, which
  /// are sorted by their distance from the row that is to link to them, nearest
  /// first.
  ///
  /// The nearest is kept, and so is each other unless it is much nearer to one
  /// that is kept than to the row: then ways lead to it through that one. Where
  /// this leaves fewer than `least`, the nearest of the others stay too: one
  /// row that is near all, as a zero row is where few rows are alike, would
  /// otherwise be the only link of each, and could link back to few of them.
  void select(Hits& candidates, std::size_t least, std::size_t most);

 private:
  void drop_near(std::uint32_t chosen);

  const std::int8_t* codes_;
  std::size_t width_;
  decltype(simd::Kernels::l2sq_i8_rows) l2sq_i8_rows_ =
      simd::active().l2sq_i8_rows;
  Hits open_;     // neither chosen nor dropped, nearest first
  Hits dropped_;  // in any order
  std::vector<std::uint32_t> rows_;
  std::vector<std::int32_t> distances_;
};

}  // namespace imsearch
