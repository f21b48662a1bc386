// How fast the network alone is: inputs in memory, no files, no decoding.
// Beside the speed of extract it shows what files and decoding cost.
#pragma once

#include "embed/engine.h"

#include <cstddef>
#include <vector>

namespace imsearch {

struct NetworkSpeed {
  std::size_t images = 0;  // features made
  double wall_s = 0;
  double cpu_s = 0;  // of the whole process
};

/// Makes features of `inputs` (at least one, each what preprocess() wrote for
/// an image), over and over, on `threads` (> 0) replicas at once, until
/// `seconds` have passed, after each replica has seen every input once. Throws
/// Error, Interrupted.
NetworkSpeed measure_network(const Engine& engine,
                             const std::vector<std::vector<float>>& inputs,
                             unsigned threads, double seconds);

}  // namespace imsearch
