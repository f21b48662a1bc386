// What MobileNetV2's 3x3 convolutions add around their input.
#pragma once

#include "weights/weights.h"

#include <cstddef>

namespace imsearch {

struct Padding {
  std::size_t before = 0;  // pixels at the left and the top
  std::size_t after = 0;   // at the right and the bottom
  std::size_t output_side = 0;
};

/// For a square input of `side` pixels. Keras pads an even side at stride 2
/// after it alone (correct_pad() in keras_applications), torchvision always by
/// 1 all round; of that, what no window reaches is left out here.
Padding padding_3x3(std::size_t side, std::size_t stride, Variant variant);

}  // namespace imsearch
