// The depthwise convolution of avx2.cpp's table: 8 channels at a time.
#include "simd/depthwise_rows.h"
#include "simd/tables.h"

#include <immintrin.h>

namespace imsearch::simd {
namespace {

/// 16 registers hold few taps beside the sums: measured, 3 to 6 are equal.
constexpr std::size_t kOutputsAtOnce = 4;

struct Floats {
  static constexpr std::size_t kLanes = 8;
  __m256 lanes;

  static Floats load(const float* from) { return {_mm256_loadu_ps(from)}; }
  static Floats fma(Floats a, Floats b, Floats c) {
    return {_mm256_fmadd_ps(a.lanes, b.lanes, c.lanes)};
  }
  /// ReLU6. Of -0 and 0, and of NaN and 0, the instruction gives its second
  /// operand: 0, as scalar_depthwise.cpp has it.
  static void store_clipped(float* to, Floats value) {
    const __m256 least = _mm256_max_ps(value.lanes, _mm256_setzero_ps());
    _mm256_storeu_ps(to, _mm256_min_ps(least, _mm256_set1_ps(6.0F)));
  }
};

}  // namespace

void avx2_depthwise_row(const DepthwiseRow& row) {
  depthwise_row<Floats, kOutputsAtOnce>(row);
}

}  // namespace imsearch::simd
