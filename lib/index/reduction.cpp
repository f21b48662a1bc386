// Makes short codes. The projection starts from the vector's 8-bit code and not
// from its floats: integer dot products read a quarter of the bytes, and are
// exact whatever the order of their sums, so that a code has the same bytes on
// every CPU. What the 8-bit code had lost by then is part of the short code's
// certified error.
#include "index/reduction.h"

#include "index/sq8.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>

namespace imsearch {
namespace {

/// An upper bound of what all components together lose by float rounding, for
/// vectors of length 1.
constexpr float kRoundingOfCodes = 3e-5F;

std::int8_t rounded(float value, float most) {
  // The order of the comparisons turns NaN (a damaged index) into a number.
  const float clamped = std::min(most, std::max(-most, value));
  return static_cast<std::int8_t>(clamped + std::copysign(0.5F, clamped));
}

}  // namespace

float ReductionView::encode(const float* unit, const std::int8_t* code,
                            float scale, std::int8_t* out) const {
  float lost = 0;
  const float most = largest_value(width);
  float values[kTogether];
  for (std::size_t first = 0; first < width; first += kTogether) {
    read_values(unit, code, scale, first, values);
    for (std::size_t i = 0; i < kTogether; ++i) {
      const std::size_t j = first + i;
      const float value = factors[j] * values[i] - offsets[j];
      out[j] = rounded(value, most);
      const float difference = value - static_cast<float>(out[j]);
      lost += difference * difference;
    }
  }
  return std::sqrt(lost);
}

void ReductionView::read_values(const float* unit, const std::int8_t* code,
                                float scale, std::size_t first,
                                float* out) const {
  if (!projects) {
    for (std::size_t i = 0; i < kTogether; ++i)
      out[i] = first + i < dim ? unit[first + i] : 0;
    return;
  }
  const std::size_t stride = code_stride(dim);
  std::int32_t dots[kTogether];
  simd::active().dot_i8_block(code, components + first * stride, stride,
                              kTogether, dots);
  for (std::size_t i = 0; i < kTogether; ++i)
    out[i] = scale * static_cast<float>(dots[i]);
}

float ReductionView::distance(const float* unit,
                              const std::int8_t* code) const {
  float square = 0;
  for (std::size_t j = 0; j < width; ++j) {
    const float x = j < dim ? unit[j] : 0;
    const float lost =
        factors[j] * x - offsets[j] - static_cast<float>(code[j]);
    square += lost * lost;
  }
  return std::sqrt(square);
}

// Divided by the gain, what rounding took off the code's values is a length in
// the space of the vectors. A projection saw only the 8-bit code, whose error
// comes on top.
float encode(const float* unit, const ReductionView& reduction,
             std::int8_t* code, std::int8_t* reduced, CodeErrors& errors) {
  const float scale = encode_sq8(unit, reduction.dim, code);
  const float lost = reduction.encode(unit, code, scale, reduced);
  errors.whole = sq8_error(unit, reduction.dim, code, scale);
  errors.reduced = lost / reduction.gain + kRoundingOfCodes +
                   (reduction.projects ? errors.whole : 0);
  return scale;
}

ReductionView ReductionView::part(std::size_t first, std::size_t count) const {
  ReductionView some = *this;
  some.width = count;
  some.components += first * code_stride(dim);
  some.factors += first;
  some.offsets += first;
  return some;
}

}  // namespace imsearch
