#include "view/plot.h"

#include "base/error.h"
#include "view/font.h"
#include "view/label_layout.h"
#include "view/log_axis.h"
#include "view/plot_axes.h"
#include "view/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace imsearch {
namespace {

// Pixels.
constexpr double kWidth = 800;
constexpr double kHeight = 560;
constexpr double kLeft = 78;  // of the axes
constexpr double kRight = 772;
constexpr double kTop = 112;
constexpr double kBottom = 496;
constexpr double kAllFound = 134;  // the line of 1
constexpr double kScaleTop = 170;  // the end of the scale below it
constexpr double kDot = 4.5;       // radius
constexpr double kDiamond = 6.5;   // half of its diagonal
constexpr double kCap = 4;         // half of the end of an interval
constexpr double kLabelHeight = 13;
constexpr std::size_t kMostTicks = 13;

// The em of DejaVu Sans is so much of the height that Font asks for.
constexpr float kHeightOfEm = 1.164F;
constexpr float kTitleEm = 20;
constexpr float kTextEm = 13;

constexpr const char* kCss =
    "text{font-family:sans-serif;font-size:13px;fill:#222}"
    ".title{font-size:20px;font-weight:bold}"
    ".subtitle,.tick-x,.tick-y{fill:#555}"
    ".tick-x,.axis-x,.axis-y{text-anchor:middle}"
    ".tick-y{text-anchor:end}"
    ".label{text-anchor:middle;paint-order:stroke;stroke:white;stroke-width:"
    "3px}"
    ".grid{stroke:#ddd}"
    ".frame,.break{stroke:#555}"
    ".curve{stroke:#1d5a9e;stroke-width:2;fill:none}"
    ".dot{fill:#1d5a9e;stroke:white;stroke-width:1.5}"
    ".interval{stroke:#1d5a9e;stroke-width:1.2}"
    ".leader{stroke:#888;stroke-width:.8}"
    ".reference{stroke:#222;stroke-width:1.6;stroke-dasharray:7 4}"
    ".diamond{fill:white;stroke:#222;stroke-width:1.8}";

void check(const Plot& plot) {
  if (plot.curve.empty()) fail("a plot without points");
  bool good = plot.reference_ms > 0 && std::isfinite(plot.reference_ms);
  for (const PlotPoint& p : plot.curve)
    good = good && p.time_ms > 0 && std::isfinite(p.time_ms) && p.low >= 0 &&
           p.low <= p.found && p.found <= p.high && p.high <= 1;
  if (!good) fail("a plot of times or shares that are none");
}

class PlotDrawing {
 public:
  explicit PlotDrawing(const Plot& plot)
      : plot_(plot),
        time_(time_axis(plot, kLeft, kRight)),
        miss_(miss_axis(plot, kScaleTop, kBottom)),
        svg_(kWidth, kHeight, plot.title + ": " + plot.subtitle, kCss),
        labels_({kLeft + 2, kTop, kRight, kBottom - 2}) {}

  std::string draw() {
    draw_titles();
    draw_grid();
    draw_time_axis();
    draw_found_axis();
    draw_reference();
    draw_curve();
    draw_labels();
    draw_dots();
    return svg_.finish();
  }

 private:
  double y_of(double found) const {
    const double miss = miss_of(found);
    return miss == 0 ? kAllFound : miss_.px(miss);
  }
  Point at(const PlotPoint& p) const {
    return {time_.px(p.time_ms), y_of(p.found)};
  }

  void draw_titles() {
    const Font title(kTitleEm * kHeightOfEm * 1.1F);  // bold is wider
    constexpr float kRoom = kWidth - 48;
    svg_.text("title", {24, 36}, title.shorten(plot_.title, kRoom));
    svg_.text("subtitle", {24, 58}, text_.shorten(plot_.subtitle, kRoom));
    draw_key({24, 84});
  }

  /// What the marks mean, from `at` on.
  void draw_key(Point at) {
    const double y = at.y - 4.5;
    draw_interval(at.x + 16, y - 8, y + 8);
    svg_.polyline("curve", {{at.x, y}, {at.x + 32, y}});
    svg_.circle("dot", {at.x + 16, y}, kDot);
    svg_.text("key", {at.x + 42, at.y}, plot_.curve_name);
    const double right = at.x + 84 + text_.width(plot_.curve_name);
    svg_.line("reference", {right, y}, {right + 32, y});
    draw_diamond({right + 16, y}, "");
    svg_.text("key", {right + 42, at.y}, plot_.reference_name);
  }

  void draw_grid() {
    for (const double ms : time_.ticks(kMostTicks)) {
      const double x = time_.px(ms);
      svg_.line("grid", {x, kTop}, {x, kBottom});
    }
    for (const double miss : miss_.ticks(kMostTicks)) {
      const double y = miss_.px(miss);
      svg_.line("grid", {kLeft, y}, {kRight, y});
    }
    svg_.line("grid", {kLeft, kAllFound}, {kRight, kAllFound});
  }

  void draw_time_axis() {
    svg_.line("frame", {kLeft, kBottom}, {kRight, kBottom});
    for (const double ms : time_.ticks(kMostTicks)) {
      const double x = time_.px(ms);
      svg_.line("frame", {x, kBottom}, {x, kBottom + 5});
      svg_.text("tick-x", {x, kBottom + 21}, time_text(ms));
    }
    svg_.text("axis-x", {(kLeft + kRight) / 2, kBottom + 46}, plot_.time_title);
  }

  void draw_found_axis() {
    svg_.line("frame", {kLeft, kScaleTop}, {kLeft, kBottom});
    svg_.line("frame", {kLeft, kTop}, {kLeft, kAllFound});
    for (const double miss : miss_.ticks(kMostTicks))
      draw_found_tick(miss_.px(miss), found_text(miss));
    draw_found_tick(kAllFound, "1");
    // The scale is broken: 1 is infinitely far on it.
    constexpr double kMiddle = (kAllFound + kScaleTop) / 2;
    for (const double y : {kMiddle - 4, kMiddle + 4})
      svg_.line("break", {kLeft - 6, y + 3}, {kLeft + 6, y - 3});
    svg_.upward_text("axis-y", {22, (kTop + kBottom) / 2}, plot_.found_title);
  }

  void draw_found_tick(double y, const std::string& text) {
    svg_.line("frame", {kLeft - 5, y}, {kLeft, y});
    svg_.text("tick-y", {kLeft - 10, y + 4.5}, text);
  }

  void draw_reference() {
    const double x = time_.px(plot_.reference_ms);
    svg_.line("reference", {x, kTop}, {x, kBottom});
    draw_diamond({x, kAllFound}, plot_.reference_name);
    labels_.block({x - 4, kTop, x + 4, kBottom});
    labels_.block({x - 10, kAllFound - 10, x + 10, kAllFound + 10});
  }

  void draw_diamond(Point c, const std::string& hint) {
    svg_.polygon("diamond",
                 {{c.x, c.y - kDiamond},
                  {c.x + kDiamond, c.y},
                  {c.x, c.y + kDiamond},
                  {c.x - kDiamond, c.y}},
                 hint);
  }

  void draw_interval(double x, double top, double bottom) {
    svg_.line("interval", {x, top}, {x, bottom});
    for (const double y : {top, bottom})
      svg_.line("interval", {x - kCap, y}, {x + kCap, y});
  }

  void draw_curve() {
    std::vector<Point> points;
    for (const PlotPoint& p : plot_.curve) {
      points.push_back(at(p));
      const double x = points.back().x;
      const double top = y_of(p.high);
      const double bottom = y_of(p.low);
      draw_interval(x, top, bottom);
      labels_.block({x - kDot, top - 1, x + kDot, bottom + 1});
      const double y = points.back().y;
      labels_.block({x - kDot, y - kDot, x + kDot, y + kDot});
    }
    svg_.polyline("curve", points);
    for (std::size_t i = 1; i < points.size(); ++i)
      labels_.block_line(points[i - 1], points[i]);
  }

  /// As far as there is room. Lines to those that are not near lie below all.
  void draw_labels() {
    std::vector<std::optional<Rect>> rooms;
    for (const PlotPoint& p : plot_.curve) {
      rooms.push_back(
          labels_.place(at(p), text_.width(p.label) + 4.0, kLabelHeight));
      if (rooms.back()) draw_leader(at(p), *rooms.back());
    }
    for (std::size_t i = 0; i < rooms.size(); ++i)
      if (rooms[i])
        svg_.text(
            "label",
            {(rooms[i]->left + rooms[i]->right) / 2, rooms[i]->bottom - 2},
            plot_.curve[i].label);
  }

  void draw_leader(Point dot, const Rect& label) {
    constexpr double kNear = 13;
    const Point edge{std::clamp(dot.x, label.left, label.right),
                     std::clamp(dot.y, label.top, label.bottom)};
    if (std::hypot(edge.x - dot.x, edge.y - dot.y) <= kNear) return;
    svg_.line("leader", dot, edge);
    labels_.block_line(dot, edge);
  }

  void draw_dots() {
    for (const PlotPoint& p : plot_.curve)
      svg_.circle("dot", at(p), kDot,
                  fmt::format("{}: {:.6g} ({:.6g} to {:.6g}) in {}", p.label,
                              p.found, p.low, p.high, time_text(p.time_ms)));
  }

  const Plot& plot_;
  LogAxis time_;
  LogAxis miss_;
  Svg svg_;
  LabelLayout labels_;
  Font text_{kTextEm * kHeightOfEm};
};

}  // namespace

std::string draw_plot(const Plot& plot) {
  check(plot);
  return PlotDrawing(plot).draw();
}

}  // namespace imsearch
