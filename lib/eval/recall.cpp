// Recall against exact search, its interval, and the least effort that reaches
// a wanted one. The interval says how far the mean may be off because these
// queries were asked and not others; it resamples them, with a seed, so that
// the same answers give the same interval.
#include "eval/recall.h"

#include "base/random.h"

#include <algorithm>
#include <numeric>

namespace imsearch {
namespace {

// Efron and Tibshirani (1993) ask for 1,000 or more for such an interval.
constexpr std::size_t kResamples = 1000;

// More than a mean of a million recalls is off, and less than one hit of a
// billion.
constexpr double kRoundingError = 1e-10;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

/// The mean of as many values, drawn with replacement: what another choice of
/// queries could have given.
double resampled_mean(const std::vector<double>& values, Random& random) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += values[random.below(values.size())];
  return sum / static_cast<double>(values.size());
}

}  // namespace

double recall_at(const Hits& found, const Hits& truth, std::size_t k) {
  const std::size_t wanted = std::min(k, truth.size());
  if (wanted == 0) return 1;
  // Judged by distance and not by row: of rows at the same distance, copies of
  // one photo say, any is as right as the other.
  const float limit = truth[wanted - 1].l2sq + kTieTolerance;
  const auto end = found.begin() +
                   static_cast<std::ptrdiff_t>(std::min(wanted, found.size()));
  const auto hits = std::count_if(
      found.begin(), end, [&](const Hit& hit) { return hit.l2sq <= limit; });
  return static_cast<double>(hits) / static_cast<double>(wanted);
}

bool reaches(double recall, double wanted) {
  return recall >= wanted - kRoundingError;
}

std::optional<std::size_t> find_smallest(
    std::size_t low, std::size_t high,
    const std::function<bool(std::size_t)>& is_enough) {
  // First doubling, then halving the range: a large effort takes long to try,
  // so that nothing much beyond what is needed is tried. Always:
  // is_enough(too_small) was false, or too_small is below the range.
  std::size_t too_small = low - 1;
  std::size_t enough = low;
  while (!is_enough(enough)) {
    if (enough == high) return std::nullopt;
    too_small = enough;
    enough = enough > high / 2 ? high : enough * 2;
  }
  while (enough - too_small > 1) {
    const std::size_t middle = too_small + (enough - too_small) / 2;
    (is_enough(middle) ? enough : too_small) = middle;
  }
  return enough;
}

Estimate bootstrap(const std::vector<double>& values, std::uint64_t seed) {
  if (values.empty()) return {};
  Random random(seed);
  std::vector<double> means(kResamples);
  for (double& mean : means) mean = resampled_mean(values, random);
  std::sort(means.begin(), means.end());
  return {mean_of(values), means[kResamples * 25 / 1000],
          means[kResamples * 975 / 1000 - 1]};
}

}  // namespace imsearch
