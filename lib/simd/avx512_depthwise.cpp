// The depthwise convolution of avx512.cpp's table: 16 channels at a time.
#include "simd/depthwise_rows.h"
#include "simd/tables.h"

// GCC 12 warns of its own intrinsics (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace imsearch::simd {
namespace {

/// 7 outputs: the widths of MobileNetV2 at 224 are multiples of 7. Measured on
/// Zen 4: 4 to 14 are within 10 % of each other.
constexpr std::size_t kOutputsAtOnce = 7;

struct Floats {
  static constexpr std::size_t kLanes = 16;
  __m512 lanes;

  static Floats load(const float* from) { return {_mm512_loadu_ps(from)}; }
  static Floats fma(Floats a, Floats b, Floats c) {
    return {_mm512_fmadd_ps(a.lanes, b.lanes, c.lanes)};
  }
  /// ReLU6. Of -0 and 0, and of NaN and 0, the instruction gives its second
  /// operand: 0, as scalar_depthwise.cpp has it.
  static void store_clipped(float* to, Floats value) {
    const __m512 least = _mm512_max_ps(value.lanes, _mm512_setzero_ps());
    _mm512_storeu_ps(to, _mm512_min_ps(least, _mm512_set1_ps(6.0F)));
  }
};

}  // namespace

void avx512_depthwise_row(const DepthwiseRow& row) {
  depthwise_row<Floats, kOutputsAtOnce>(row);
}

}  // namespace imsearch::simd
