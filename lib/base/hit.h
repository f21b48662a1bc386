// What every search returns, whoever answers it.
#pragma once

#include <cstdint>
#include <vector>

namespace imsearch {

/// One neighbour: the row in the index, and its squared Euclidean distance to
/// the query, both normalised: 0 (same direction) to 4 (opposite).
struct Hit {
  std::uint32_t row = 0;
  float l2sq = 0;

  /// 1 - d/2: the cosine of unit vectors.
  float similarity() const { return 1.0F - l2sq / 2.0F; }
};

/// Nearer first; equal distances by row, so that rankings are reproducible.
inline bool operator<(const Hit& a, const Hit& b) {
  return a.l2sq != b.l2sq ? a.l2sq < b.l2sq : a.row < b.row;
}
inline bool operator==(const Hit& a, const Hit& b) {
  return a.row == b.row && a.l2sq == b.l2sq;
}

/// Hits of one query, nearest first.
using Hits = std::vector<Hit>;

}  // namespace imsearch
