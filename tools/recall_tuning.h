// eval-recall --tune: which ef is enough for a recall.
#pragma once

#include "recall_table.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// What one ef was found to give.
struct Trial {
  std::size_t ef = 0;
  Estimate recall;
};

/// Trials in the order made; the one chosen is among them.
struct Tuning {
  double wanted = 0;
  std::optional<Trial> chosen;
  std::vector<Trial> tried;
};

/// Looks for the smallest ef in [meter.k(), largest] with recall@k of `wanted`
/// or more, in the order of find_smallest(). `on_trial` sees each trial made.
/// meter.measure_exact() comes first.
Tuning tune_ef(const RecallMeter& meter, double wanted, std::size_t largest,
               const std::function<void(const Trial&)>& on_trial);

/// "0.9902 (0.9874 to 0.9928)": the estimate and its interval.
std::string to_text(const Estimate& recall);
/// One object for a tuning that has chosen.
std::string to_json(const Tuning& tuning, const RecallMeter& meter);

}  // namespace imsearch
