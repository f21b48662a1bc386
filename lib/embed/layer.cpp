// Batch norm at inference is one multiplication and one addition for each
// channel: y = gamma (x - mean) / sqrt(variance + epsilon) + beta. The
// convolution before it is linear, so the factor goes into its kernel and the
// rest becomes its bias, and no engine ever runs a batch norm.
#include "embed/layer.h"

#include <cmath>
#include <cstddef>

namespace imsearch {

FoldedConvolution fold_batch_norm(const Convolution& conv,
                                  const Weights& weights) {
  const auto norm = [&](const char* key) -> const std::vector<float>& {
    return weights.tensors.at(conv.norm + key).values;
  };
  const std::vector<float>& gamma = norm(".weight");
  const std::vector<float>& beta = norm(".bias");
  const std::vector<float>& mean = norm(".running_mean");
  const std::vector<float>& variance = norm(".running_var");
  FoldedConvolution folded;
  folded.kernel = weights.tensors.at(conv.weight).values;
  folded.bias.resize(conv.out);
  const std::size_t per_channel = folded.kernel.size() / conv.out;
  for (std::size_t c = 0; c < conv.out; ++c) {
    const double scale =
        double{gamma[c]} /
        std::sqrt(double{variance[c]} + double{weights.bn_epsilon});
    for (std::size_t i = 0; i < per_channel; ++i) {
      float& value = folded.kernel[c * per_channel + i];
      value = static_cast<float>(double{value} * scale);
    }
    folded.bias[c] =
        static_cast<float>(double{beta[c]} - double{mean[c]} * scale);
  }
  return folded;
}

Padding padding_3x3(std::size_t side, std::size_t stride, Variant variant) {
  constexpr std::size_t kKernel = 3;
  // With an even side and stride 2, one of the two sides must go without
  // padding: Keras leaves it out before the image, torchvision's is never
  // reached after it.
  const bool uneven =
      variant == Variant::kKeras && stride == 2 && side % 2 == 0;
  Padding padding;
  padding.before = uneven ? 0 : 1;
  padding.output_side = (side + padding.before + 1 - kKernel) / stride + 1;
  // The last window may end before the padding does: what no window reaches
  // need not be there.
  const std::size_t reached = (padding.output_side - 1) * stride + kKernel;
  if (reached > side + padding.before)
    padding.after = reached - side - padding.before;
  return padding;
}

}  // namespace imsearch
