#include "view/log_axis.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace imsearch {
namespace {

constexpr int kPerDecade = 3;
constexpr int kLeastSteps = 3;
// Values as near to a tick are on it: 1 - 0.9 is not quite 0.1.
constexpr double kNear = 1e-9;

int floor_decade(int tick) {
  return (tick - ((tick % kPerDecade) + kPerDecade) % kPerDecade) / kPerDecade;
}

/// Tick 0 is 1, tick 1 is 2, tick -1 is 0.5.
double value_of(int tick) {
  constexpr std::array<double, kPerDecade> kFactors = {1, 2, 5};
  const int decade = floor_decade(tick);
  return kFactors[static_cast<std::size_t>(tick - decade * kPerDecade)] *
         std::pow(10.0, decade);
}

int last_tick_to(double value) {
  int tick = kPerDecade * static_cast<int>(std::floor(std::log10(value))) - 1;
  while (value_of(tick + 1) <= value * (1 + kNear)) ++tick;
  return tick;
}

}  // namespace

LogAxis::LogAxis(double low, double high, double low_px, double high_px)
    : first_(last_tick_to(low)),
      last_(last_tick_to(high)),
      low_px_(low_px),
      high_px_(high_px) {
  if (value_of(last_) < high * (1 - kNear)) ++last_;
  first_ = std::min(first_, last_ - kLeastSteps);
}

double LogAxis::px(double value) const {
  const double low = value_of(first_);
  const double share = std::log(value / low) / std::log(value_of(last_) / low);
  return low_px_ + share * (high_px_ - low_px_);
}

std::vector<double> LogAxis::ticks(std::size_t most) const {
  const bool all = static_cast<std::size_t>(last_ - first_) < most;
  std::vector<double> values;
  for (int tick = first_; tick <= last_; ++tick)
    if (all || floor_decade(tick) * kPerDecade == tick)
      values.push_back(value_of(tick));
  return values;
}

}  // namespace imsearch
