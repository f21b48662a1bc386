// The two axes of a Plot: what they reach over, and what is written at them.
#pragma once

#include "view/log_axis.h"
#include "view/plot.h"

#include <string>

namespace imsearch {

/// What was not found; 0 for a share of 1 but for rounding.
double miss_of(double found);

/// Over all times, with a margin.
LogAxis time_axis(const Plot& plot, double left_px, double right_px);

/// Over all shares missed, of points and intervals, but for 0: the least at the
/// top. Something where nothing was missed.
LogAxis miss_axis(const Plot& plot, double top_px, double bottom_px);

/// "200 µs", "1.5 ms", "20 s".
std::string time_text(double ms);

/// The share found at a tick of the miss axis, with as many digits as it needs:
/// "0.5", "0.98", "0.999".
std::string found_text(double miss);

}  // namespace imsearch
