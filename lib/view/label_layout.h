// Finds room for the labels of a chart, so that they cover nothing.
#pragma once

#include "view/svg.h"

#include <optional>
#include <vector>

namespace imsearch {

/// Pixels.
struct Rect {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

class LabelLayout {
 public:
  /// Labels stay within `area`.
  explicit LabelLayout(Rect area) : area_(area) {}

  /// Nothing may cover this, or come nearer than some pixels to this line.
  void block(Rect rect) { blocked_.push_back(rect); }
  void block_line(Point from, Point to);

  /// Room for a label of that size near `point`, which is blocked from then
  /// on; none if everything near is taken.
  std::optional<Rect> place(Point point, double width, double height);

 private:
  bool is_free(const Rect& rect) const;

  Rect area_;
  std::vector<Rect> blocked_;
};

}  // namespace imsearch
