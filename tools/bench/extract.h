// How fast images become vectors.
#pragma once

#include "bench/report.h"
#include "common/model_options.h"

#include <string>
#include <vector>

namespace imsearch {

struct BenchExtractParams {
  std::vector<std::string> images;  // as extract takes them
  ModelOptions model;
  unsigned threads = 0;  // 0: all CPUs
  bool network = false;  // the network alone, on decoded images
  bool quiet = false;    // no progress
};

/// Runs extract on the images, into a temporary folder, and reports its own
/// stage times, or what its --time-network says. Throws Error, Interrupted.
Report bench_extract(const BenchExtractParams& params);

}  // namespace imsearch
