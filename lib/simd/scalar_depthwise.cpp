// The depthwise convolution of the scalar table: the loops of depthwise_rows.h
// over "vectors" of one float, so that all tables take the same taps in the
// same order.
#include "simd/depthwise_rows.h"
#include "simd/tables.h"

#include <algorithm>
#include <cmath>

namespace imsearch::simd {
namespace {

struct Float {
  static constexpr std::size_t kLanes = 1;
  float value;

  static Float load(const float* from) { return {*from}; }
  static Float fma(Float a, Float b, Float c) {
    return {std::fma(a.value, b.value, c.value)};
  }
  /// -0 becomes 0, as in the vector instructions.
  static void store_clipped(float* to, Float sum) {
    *to = sum.value > 0 ? std::min(sum.value, 6.0F) : 0.0F;
  }
};

}  // namespace

void scalar_depthwise_row(const DepthwiseRow& row) {
  depthwise_row<Float, 1>(row);
}

}  // namespace imsearch::simd
