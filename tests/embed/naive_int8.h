// MobileNetV2 in 8-bit integers, written out layer by layer over whole images:
// what the engine must compute to the bit, by any table and in any strips.
#pragma once

#include "weights/weights.h"

#include <vector>

namespace imsearch::test {

/// The feature of `input`, height x width x 3 as preprocess() writes it.
std::vector<float> naive_int8(const Weights& weights,
                              const std::vector<float>& input);

}  // namespace imsearch::test
