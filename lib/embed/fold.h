// A convolution with the batch norm after it folded in: what engines run.
#pragma once

#include "weights/mobilenet.h"
#include "weights/weights.h"

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

}  // namespace imsearch
