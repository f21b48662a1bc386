#include "view/plot_axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace imsearch {

double miss_of(double found) {
  constexpr double kRoundingError = 1e-9;
  return 1 - found < kRoundingError ? 0 : 1 - found;
}

LogAxis time_axis(const Plot& plot, double left_px, double right_px) {
  constexpr double kMargin = 1.15;
  double low = plot.reference_ms;
  double high = plot.reference_ms;
  for (const PlotPoint& p : plot.curve) {
    low = std::min(low, p.time_ms);
    high = std::max(high, p.time_ms);
  }
  return {low / kMargin, high * kMargin, left_px, right_px};
}

LogAxis miss_axis(const Plot& plot, double top_px, double bottom_px) {
  constexpr double kMargin = 1.1;
  constexpr double kNothingMissed = 0.01;
  double low = 1;
  double high = 0;
  for (const PlotPoint& p : plot.curve)
    for (const double found : {p.low, p.found, p.high}) {
      const double miss = miss_of(found);
      high = std::max(high, miss);
      if (miss > 0) low = std::min(low, miss);
    }
  if (high == 0) low = high = kNothingMissed;
  return {low, std::min(1.0, high * kMargin), top_px, bottom_px};
}

std::string time_text(double ms) {
  if (ms < 1) return fmt::format("{:.3g} µs", ms * 1e3);
  if (ms < 1e3) return fmt::format("{:.3g} ms", ms);
  return fmt::format("{:.3g} s", ms / 1e3);
}

std::string found_text(double miss) {
  // 0.01 may be a little less than 10^-2.
  constexpr double kNear = 1 + 1e-9;
  const int digits = static_cast<int>(-std::floor(std::log10(miss * kNear)));
  return fmt::format("{:.{}f}", 1 - miss, std::max(digits, 0));
}

}  // namespace imsearch
