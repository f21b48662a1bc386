// eval-recall --tune: which ef is enough for a recall.
#pragma once

#include "eval_recall/table.h"

#include <cstddef>

namespace imsearch {

struct TuningParams {
  double recall = 1;        // wanted at k
  std::size_t largest = 0;  // ef; at least k
  bool json = false;
  bool quiet = false;
};

/// Prints the smallest ef found from k on that reaches the recall, in the order
/// of find_smallest(); what is tried is told on standard error. Throws Error if
/// the largest ef does not reach it. meter.find_truth() comes first.
void print_tuned(const RecallMeter& meter, const TuningParams& params);

}  // namespace imsearch
