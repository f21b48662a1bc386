// A chart of what was found against how long it took, as SVG.
//
// Both axes are logarithmic: time from left to right, and upwards the share
// that was not found, labelled with the share that was: .9, .99, .999 are as
// far apart. A share of 1 has a line of its own at the top, beyond a break.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

/// A point of the curve.
struct PlotPoint {
  std::string label;
  double time_ms = 0;  // > 0
  double found = 0;    // share, 0 to 1
  double low = 0;      // its interval
  double high = 0;
};

struct Plot {
  std::string title;
  std::string subtitle;
  std::string time_title;  // of the axes
  std::string found_title;
  std::string curve_name;
  std::vector<PlotPoint> curve;  // joined by lines in this order
  std::string reference_name;    // of what finds all: a vertical line
  double reference_ms = 0;       // > 0
};

/// The whole SVG document. Names may be any bytes; what is too long is cut. A
/// label for which there is no room is left out; pointing at a point shows its
/// label and values in any case. Throws Error if there is no point, or a number
/// is not as said above.
std::string draw_plot(const Plot& plot);

}  // namespace imsearch
