#include "embed/padding.h"

namespace imsearch {
namespace {

constexpr std::size_t kKernel = 3;

}  // namespace

Padding padding_3x3(std::size_t side, std::size_t stride, Variant variant) {
  const bool uneven =
      variant == Variant::kKeras && stride == 2 && side % 2 == 0;
  Padding padding;
  padding.before = uneven ? 0 : 1;
  padding.output_side = (side + padding.before + 1 - kKernel) / stride + 1;
  const std::size_t reached = (padding.output_side - 1) * stride + kKernel;
  if (reached > side + padding.before)
    padding.after = reached - side - padding.before;
  return padding;
}

}  // namespace imsearch
