// MobileNetV2 written out from its paper, slow and in double: what the engines
// are judged by.
#pragma once

#include "weights/weights.h"

#include <vector>

namespace imsearch::test {

/// The feature of `input`, height x width x 3 as preprocess() writes it.
std::vector<double> naive_mobilenet(const Weights& weights,
                                    const std::vector<float>& input);

/// What block `number`, 1 to 17, makes of `side` x `side` pixels; the first
/// with the stem before it.
std::vector<double> naive_block(const Weights& weights, std::size_t number,
                                const std::vector<float>& input,
                                std::size_t side);

}  // namespace imsearch::test
