#include "embed/fold.h"

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

}  // namespace imsearch
