// A logarithmic axis, with ticks at 1, 2 and 5 times the powers of ten.
#pragma once

#include <cstddef>
#include <vector>

namespace imsearch {

class LogAxis {
 public:
  /// Reaches from `low` (> 0) to `high` (>= low), and on to the next ticks; by
  /// more ticks below if there are fewer than four. The least value is at
  /// `low_px`, the largest at `high_px`, which may be the smaller of the two.
  LogAxis(double low, double high, double low_px, double high_px);

  /// Where the value (> 0) lies, also beyond the ends.
  double px(double value) const;

  /// All ticks, ends included, or the powers of ten alone where that would be
  /// more than `most`.
  std::vector<double> ticks(std::size_t most) const;

 private:
  int first_;  // numbers of ticks
  int last_;
  double low_px_;
  double high_px_;
};

}  // namespace imsearch
