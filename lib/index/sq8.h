// 8-bit codes of unit vectors (scalar quantization, "SQ8"): what candidates are
// re-ranked by.
//
// A code is the vector times 127 / (its largest magnitude), each value rounded
// to the nearest integer (halves away from zero), and a scale: 1 / the length
// of that integer vector. code * scale is therefore a unit vector again, and
// the code stands for a direction. A zero row has a zero code and scale 0.
#pragma once

#include "simd/kernels.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// Bytes from code to code: dim, and zeros up to a multiple of 64.
constexpr std::size_t code_stride(std::size_t dim) {
  return (dim + 63) / 64 * 64;
}

/// Writes code_stride(dim) bytes to `code` and returns the scale.
float encode_sq8(const float* unit, std::size_t dim, std::int8_t* code);

/// The code's certified error: an upper bound of |unit - code * scale|, and
/// hardly more than that. It also exceeds the root of what simd l2sq_code()
/// gives of the same row, whose sums round otherwise: so a row that has not
/// changed is never taken for one that has (row_check.h).
float sq8_error(const float* unit, std::size_t dim, const std::int8_t* code,
                float scale);

/// Writes code * scale to `unit` (dim floats).
void decode_sq8(const std::int8_t* code, float scale, std::size_t dim,
                float* unit);

/// The codes of an index's rows. Owns nothing.
struct CodesView {
  std::size_t rows = 0;
  std::size_t stride = 0;
  const std::int8_t* codes = nullptr;
  const float* scales = nullptr;

  const std::int8_t* code(std::uint32_t row) const {
    return codes + row * stride;
  }
};

/// More than the squared distance of any two unit vectors, which is 4 at most.
inline constexpr float kFarthest = 8;

/// The squared distance of two coded vectors, from dot_i8 of their codes:
/// |a|^2 + |b|^2 - 2 a.b, where the lengths are 1, or 0 for a zero row.
/// Rounding may put it some 1e-7 below 0.
inline float coded_l2sq(std::int32_t dot, float scale_a, float scale_b) {
  const int lengths = int{scale_a != 0} + int{scale_b != 0};
  const float l2sq = static_cast<float>(lengths) -
                     2 * (scale_a * scale_b) * static_cast<float>(dot);
  // A damaged scale may make it NaN, which no sort must see: then it is far.
  return l2sq < kFarthest ? l2sq : kFarthest;
}

/// Compares a coded query with the rows of an index; owns neither.
class CodedDistance {
 public:
  CodedDistance(const CodesView& codes, const std::int8_t* code, float scale)
      : codes_(&codes), code_(code), scale_(scale) {}

  /// The squared distance of the query from that row.
  float l2sq_to(std::uint32_t row) const {
    return coded_l2sq(dot_i8_(code_, codes_->code(row), codes_->stride), scale_,
                      codes_->scales[row]);
  }

 private:
  const CodesView* codes_;
  const std::int8_t* code_;
  float scale_;
  decltype(simd::Kernels::dot_i8) dot_i8_ = simd::active().dot_i8;
};

}  // namespace imsearch
