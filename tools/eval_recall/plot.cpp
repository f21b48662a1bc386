// The picture is drawn by gnuplot: this file says in gnuplot's language what to
// draw. Both axes are logarithmic. The upright one shows recall, but is scaled
// by what is missed: .9, .99 and .999 are as far apart, and a recall of 1,
// which would be infinitely far up, has a line of its own beyond a break.
#include "eval_recall/plot.h"

#include "common/child_process.h"
#include "common/cli.h"
#include "common/machine.h"
#include "eval_recall/too_few.h"

#include "base/error.h"
#include "base/progress.h"
#include "io/file.h"
#include "io/own_mark.h"
#include "io/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace imsearch {
namespace {

// The picture, and the place of its axes in it, in pixels.
constexpr double kWidth = 800;
constexpr double kHeight = 560;
constexpr double kLeft = 78;
constexpr double kRight = 772;
constexpr double kTop = 112;
constexpr double kBottom = 496;

constexpr std::size_t kMostTicks = 13;
/// Characters that fit across the picture.
constexpr std::size_t kMostOfTitle = 64;
constexpr std::size_t kMostOfSubtitle = 108;
/// From the end of the scale up to the line of 1, and from there to the top.
constexpr double kBreak = 0.11;
constexpr double kAbove = 0.06;

/// 1, 2, 5, 10, … from the last one below `low` to the first one above `high`;
/// powers of ten alone where these are too many.
std::vector<double> log_ticks(double low, double high) {
  constexpr double kNear = 1e-9;  // 1 - 0.9 is not quite 0.1
  std::vector<double> fine;
  std::vector<double> decades;
  for (int decade = static_cast<int>(std::floor(std::log10(low) + kNear));
       decades.empty() || decades.back() < high * (1 - kNear); ++decade) {
    decades.push_back(std::pow(10.0, decade));
    for (const double factor : {1.0, 2.0, 5.0})
      fine.push_back(factor * decades.back());
  }
  const auto first =
      std::upper_bound(fine.begin(), fine.end(), low * (1 + kNear));
  fine.erase(fine.begin(), first - (first == fine.begin() ? 0 : 1));
  while (fine.size() > 4 && fine[fine.size() - 2] >= high * (1 - kNear))
    fine.pop_back();
  return fine.size() <= kMostTicks ? fine : decades;
}

std::string time_text(double ms) {
  if (ms < 1) return fmt::format("{:.3g} µs", ms * 1e3);
  if (ms < 1e3) return fmt::format("{:.3g} ms", ms);
  return fmt::format("{:.3g} s", ms / 1e3);
}

/// A string of gnuplot's of any bytes, cut where it has more than `most`
/// characters.
std::string quoted(const std::string& bytes, std::size_t most) {
  const std::string whole = escape_field(to_utf8(bytes));
  std::string text = "'";
  std::string_view rest = whole;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    if (i + 1 == most) return text + "…'";
    const std::size_t size = first_code_point(rest).size_bytes;
    text += rest.front() == '\'' ? "''" : std::string(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return text + "'";
}

/// Turns shares that were found into heights on the upright axis, and back.
class RecallAxis {
 public:
  explicit RecallAxis(const std::vector<RecallLine>& curve) {
    double low = 1;
    double high = 0;
    for (const RecallLine& line : curve)
      for (const double share :
           {line.at_k.low, line.at_k.mean, line.at_k.high}) {
        high = std::max(high, missed(share));
        if (missed(share) > 0) low = std::min(low, missed(share));
      }
    // Every ef found all: any scale will do, since all points are on the line.
    constexpr double kNothingMissed = 0.01;
    if (high == 0) low = high = kNothingMissed;
    ticks_ = log_ticks(low, std::min(high, 1.0));
    bottom_ = -std::log10(ticks_.back());
    span_ = -std::log10(ticks_.front()) - bottom_;
  }

  double bottom() const { return bottom_; }
  double scale_top() const { return bottom_ + span_; }
  double all_found() const { return scale_top() + kBreak * span_; }
  double top() const { return all_found() + kAbove * span_; }

  double height(double share) const {
    return missed(share) == 0 ? all_found() : -std::log10(missed(share));
  }
  std::string tics() const {
    std::string text = fmt::format("'1' {:.6f}", all_found());
    for (const double miss : ticks_) {
      // As many nines as the tick has: .999 and not .9990 or 1.0.
      const double digits = std::ceil(-std::log10(miss) - 1e-9);
      text += fmt::format(", '{:.{}f}' {:.6f}", 1 - miss,
                          static_cast<int>(std::max(digits, 0.0)),
                          -std::log10(miss));
    }
    return text;
  }

 private:
  /// A mean of recalls that are all 1 may be a little less by rounding: that
  /// would be drawn far up the scale, but below the line of 1.
  static double missed(double share) {
    constexpr double kRoundingError = 1e-9;
    return 1 - share < kRoundingError ? 0 : 1 - share;
  }

  std::vector<double> ticks_;  // shares missed
  double bottom_ = 0;
  double span_ = 0;
};

/// Finds room for labels: gnuplot would write one over the other.
class LabelRooms {
 public:
  /// Where `text` goes beside the point at (x, y) in pixels, as gnuplot's
  /// offset and alignment; empty where there is no room.
  std::string place(double x, double y, const std::string& text) {
    constexpr double kHigh = 15;
    constexpr double kAway = 9;
    const double wide = 7.3 * static_cast<double>(text.size());
    struct Place {
      double left, top;
      const char* gnuplot;
    };
    // Below and to the right first: a rising curve leaves that corner free.
    const std::array<Place, 4> places = {
        Place{x + kAway, y + 3, "left offset character 1.1,-0.75"},
        Place{x - kAway - wide, y - 3 - kHigh,
              "right offset character -1.1,0.75"},
        Place{x + kAway, y - 3 - kHigh, "left offset character 1.1,0.75"},
        Place{x - kAway - wide, y + 3, "right offset character -1.1,-0.75"}};
    for (const Place& p : places) {
      const Room room = {p.left, p.top, p.left + wide, p.top + kHigh};
      if (!is_free(room)) continue;
      rooms_.push_back(room);
      return p.gnuplot;
    }
    return "";
  }
  /// Keeps labels off this rectangle, in pixels.
  void block(double left, double top, double right, double bottom) {
    rooms_.push_back({left, top, right, bottom});
  }

 private:
  struct Room {
    double left, top, right, bottom;
  };
  bool is_free(const Room& r) const {
    if (r.left < kLeft + 2 || r.right > kRight || r.bottom > kBottom - 2)
      return false;
    return std::none_of(rooms_.begin(), rooms_.end(), [&](const Room& o) {
      return r.left < o.right && o.left < r.right && r.top < o.bottom &&
             o.top < r.bottom;
    });
  }

  std::vector<Room> rooms_;
};

/// The program that gnuplot runs. Text in it is quoted, and its data stand in
/// here-documents, so that nothing in a path or a name is run.
class PlotScript {
 public:
  PlotScript(std::vector<RecallLine> curve, double exact_ms)
      : curve_(std::move(curve)), exact_ms_(exact_ms), recall_(curve_) {
    double low = exact_ms;
    double high = exact_ms;
    for (const RecallLine& line : curve_) {
      low = std::min(low, line.single_ms);
      high = std::max(high, line.single_ms);
    }
    // So that no point lies on the frame.
    constexpr double kMargin = 1.15;
    times_ = log_ticks(low / kMargin, high * kMargin);
  }

  std::string write(const std::string& terminal, const std::string& title,
                    const std::string& subtitle, std::size_t k,
                    bool is_too_little) const {
    std::string script = fmt::format(
        "set encoding utf8\nset terminal {}\n"
        "set label 1 {} at screen 0.03,0.945 font ',19' noenhanced\n"
        "set label 2 {} at screen 0.03,0.895 textcolor '#555555' noenhanced\n"
        "set xlabel 'time of a query asked alone'\nset ylabel 'recall@{}' "
        "noenhanced offset character 1.2,0\n",
        terminal, quoted(title, kMostOfTitle),
        quoted(subtitle, kMostOfSubtitle), k);
    if (is_too_little)
      script +=
          "set label 3 'too few to judge by' at screen 0.97,0.845 right "
          "textcolor '#b00020'\n";
    script += axes() + data();
    script += fmt::format(
        "plot $curve using 1:2 with lines lw 2 lc '#1d5a9e' notitle, "
        "$curve using 1:2:3:4 with yerrorbars pt 7 ps 0.9 lw 1.2 lc '#1d5a9e' "
        "title 'index, on one thread, with 95 % intervals', "
        "$exact using 1:2 with linespoints dt 2 lw 1.6 pt 12 ps 1.4 "
        "pi 2 lc '#222222' title 'exact search: {:.3g} ms'\n",
        exact_ms_);
    return script;
  }

 private:
  std::string axes() const {
    std::string tics;
    for (const double ms : times_)
      tics += fmt::format("{}'{}' {:.9g}", tics.empty() ? "" : ", ",
                          time_text(ms), ms);
    const double middle = (recall_.scale_top() + recall_.all_found()) / 2;
    const double half = (recall_.all_found() - recall_.scale_top()) / 8;
    std::string text = fmt::format(
        "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
        "set tmargin at screen {:.4f}\nset bmargin at screen {:.4f}\n"
        "set border 3 lc '#555555'\nset grid lc '#dddddd' lt 1\n"
        "set tics nomirror out\nset logscale x\n"
        "set xrange [{:.9g}:{:.9g}]\nset xtics ({})\n"
        "set yrange [{:.6f}:{:.6f}]\nset ytics ({})\n"
        "set key at screen 0.02,0.865 left top horizontal Left reverse "
        "samplen 3 width 2 maxrows 1\n",
        kLeft / kWidth, kRight / kWidth, 1 - kTop / kHeight,
        1 - kBottom / kHeight, times_.front(), times_.back(), tics,
        recall_.bottom(), recall_.top(), recall_.tics());
    // The break: the axis is hidden between two short strokes.
    text += fmt::format(
        "set object 1 rectangle from graph -0.01,first {:.6f} to graph "
        "0.01,first {:.6f} fs solid noborder fc 'white' front\n",
        middle - half, middle + half);
    for (const double y : {middle - half, middle + half})
      text += fmt::format(
          "set arrow from graph -0.01,first {:.6f} to graph 0.01,first {:.6f} "
          "nohead lc '#555555' front\n",
          y - half / 2, y + half / 2);
    return text;
  }

  double x_px(double ms) const {
    return kLeft + std::log(ms / times_.front()) /
                       std::log(times_.back() / times_.front()) *
                       (kRight - kLeft);
  }
  double y_px(double height) const {
    return kBottom - (height - recall_.bottom()) /
                         (recall_.top() - recall_.bottom()) * (kBottom - kTop);
  }

  /// The points and the ends of their intervals; labels as far as there is room
  /// for them.
  std::string data() const {
    LabelRooms rooms;
    const double exact = x_px(exact_ms_);
    rooms.block(exact - 4, kTop, exact + 4, kBottom);
    std::string rows = "$curve << EOD\n";
    std::string labels;
    for (const RecallLine& line : curve_) {
      const double y = recall_.height(line.at_k.mean);
      const double low = recall_.height(line.at_k.low);
      const double high = recall_.height(line.at_k.high);
      rows += fmt::format("{:.9g} {:.6f} {:.6f} {:.6f}\n", line.single_ms, y,
                          low, high);
      const double x = x_px(line.single_ms);
      rooms.block(x - 5, y_px(high) - 1, x + 5, y_px(low) + 1);
    }
    // Only when all points are known to be kept clear.
    for (const RecallLine& line : curve_) {
      const double y = recall_.height(line.at_k.mean);
      const std::string text = fmt::format("ef {}", line.ef);
      const std::string place =
          rooms.place(x_px(line.single_ms), y_px(y), text);
      if (!place.empty())
        labels += fmt::format("set label '{}' at {:.9g},{:.6f} {} front\n",
                              text, line.single_ms, y, place);
    }
    return rows + "EOD\n" +
           fmt::format("$exact << EOD\n{0:.9g} {1:.6f}\n{0:.9g} {2:.6f}\nEOD\n",
                       exact_ms_, recall_.all_found(), recall_.bottom()) +
           labels;
  }

  std::vector<RecallLine> curve_;  // by rising ef
  double exact_ms_;
  RecallAxis recall_;
  std::vector<double> times_;  // ticks, in ms
};

/// What the figures were measured on: a picture travels without its table.
std::string subtitle(const SearchIndex& index, const QueryRows& queries,
                     unsigned threads) {
  return fmt::format(
      "{} rows of {} floats, {} queries ({}); {}, {}", grouped(index.rows()),
      index.dim(), grouped(queries.size()), queries.origin, cpu_model(),
      threads == 1 ? "1 thread" : fmt::format("{} threads", threads));
}

/// gnuplot's terminal for the ending of `path`; empty: none.
std::string terminal_of(const std::string& path) {
  const std::string ending = ending_of(path);
  const std::string size = fmt::format("size {},{}", kWidth, kHeight);
  if (ending == "svg")
    return "svg " + size + " font 'sans-serif,13' background 'white'";
  if (ending == "png")
    return "pngcairo " + size + " font 'Sans,10' background 'white'";
  return "";
}

}  // namespace

void check_plot(const std::string& path) {
  if (terminal_of(path).empty())
    cli::fail_usage("--plot {}: its name ends in neither .svg nor .png", path);
  if (find_program("gnuplot").empty())
    fail(
        "--plot is drawn by gnuplot, which is not there: Debian's package is "
        "gnuplot-nox");
}

std::string draw_recall(const std::string& path,
                        const std::vector<RecallLine>& lines,
                        const SearchIndex& index, const QueryRows& queries,
                        const RecallMeter& meter) {
  std::vector<RecallLine> curve;
  double exact_ms = 0;
  for (const RecallLine& line : lines) {
    if (line.ef == 0) exact_ms = line.single_ms;
    if (line.ef != 0) curve.push_back(line);
  }
  // The line is drawn from point to point, in whatever order --ef has them.
  std::sort(
      curve.begin(), curve.end(),
      [](const RecallLine& a, const RecallLine& b) { return a.ef < b.ef; });
  const PlotScript script(curve, exact_ms);
  return with_own_mark(run_program(
      {find_program("gnuplot"), "-"},
      script.write(terminal_of(path),
                   fmt::format("Recall@{} of {}", meter.k(), index.where()),
                   subtitle(index, queries, meter.threads()), meter.k(),
                   !too_few(index.rows(), queries.size(), meter.k()).empty())));
}

}  // namespace imsearch
