// MobileNetV2 written out from its paper, slow and in double: what the engines
// are judged by.
#pragma once

#include "weights/weights.h"

#include <vector>

namespace imsearch::test {

/// The feature of `input`, height x width x 3 as preprocess() writes it.
std::vector<double> naive_mobilenet(const Weights& weights,
                                    const std::vector<float>& input);

}  // namespace imsearch::test
