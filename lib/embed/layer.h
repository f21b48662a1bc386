// MobileNetV2's convolutions as engines run them: each with the batch norm
// after it folded in, and with the padding that its variant adds.
#pragma once

#include "weights/mobilenet.h"
#include "weights/weights.h"

#include <cstddef>
#include <vector>

namespace imsearch {

struct FoldedConvolution {
  std::vector<float> kernel;  // conv.weight_shape(), row-major
  std::vector<float> bias;    // conv.out
};

/// y = gamma (w x - mean) / sqrt(variance + epsilon) + beta as one convolution
/// with a bias; computed in double. `weights` holds the tensors of `conv`.
FoldedConvolution fold_batch_norm(const Convolution& conv,
                                  const Weights& weights);

struct Padding {
  std::size_t before = 0;  // pixels at the left and the top
  std::size_t after = 0;   // at the right and the bottom
  std::size_t output_side = 0;
};

/// The padding of a square input of `side` pixels. Keras pads an even side at
/// stride 2 after it alone (correct_pad() in keras_applications), torchvision
/// always by 1 all round; what no window reaches is left out here.
Padding padding_3x3(std::size_t side, std::size_t stride, Variant variant);

}  // namespace imsearch
