#include "view/label_layout.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace imsearch {
namespace {

constexpr double kLineMargin = 2;
constexpr double kLineStep = 4;

// Where a label's nearer edge or corner lies, seen from its point: first below
// to the right and above to the left, where a rising curve is not.
constexpr std::array<Point, 8> kDirections = {{{0.7, 0.7},
                                               {-0.7, -0.7},
                                               {1, 0},
                                               {-1, 0},
                                               {0.7, -0.7},
                                               {-0.7, 0.7},
                                               {0, 1},
                                               {0, -1}}};
constexpr std::array<double, 5> kDistances = {8, 16, 26, 38, 52};

bool overlap(const Rect& a, const Rect& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom &&
         b.top < a.bottom;
}

/// The begin of a length that lies before, about or after `at`.
double begin_of(double at, double direction, double length) {
  if (direction == 0) return at - length / 2;
  return direction > 0 ? at : at - length;
}

Rect beside(Point point, Point direction, double distance, double width,
            double height) {
  const double left =
      begin_of(point.x + direction.x * distance, direction.x, width);
  const double top =
      begin_of(point.y + direction.y * distance, direction.y, height);
  return {left, top, left + width, top + height};
}

}  // namespace

void LabelLayout::block_line(Point from, Point to) {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const int steps = std::max(1, static_cast<int>(length / kLineStep));
  for (int i = 0; i <= steps; ++i) {
    const double x = from.x + (to.x - from.x) * i / steps;
    const double y = from.y + (to.y - from.y) * i / steps;
    block({x - kLineMargin, y - kLineMargin, x + kLineMargin, y + kLineMargin});
  }
}

std::optional<Rect> LabelLayout::place(Point point, double width,
                                       double height) {
  for (const double distance : kDistances)
    for (const Point& direction : kDirections) {
      const Rect rect = beside(point, direction, distance, width, height);
      if (!is_free(rect)) continue;
      block(rect);
      return rect;
    }
  return std::nullopt;
}

bool LabelLayout::is_free(const Rect& rect) const {
  if (rect.left < area_.left || rect.right > area_.right ||
      rect.top < area_.top || rect.bottom > area_.bottom)
    return false;
  return std::none_of(blocked_.begin(), blocked_.end(),
                      [&](const Rect& other) { return overlap(rect, other); });
}

}  // namespace imsearch
