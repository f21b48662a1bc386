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
