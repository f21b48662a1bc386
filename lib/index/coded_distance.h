// Comparing a query with 8-bit codes of whole vectors (codes8.h).
#pragma once

#include "index/codes8.h"
#include "simd/kernels.h"

#include <cstdint>

namespace imsearch {

/// From a coded query to the rows of an index; owns neither.
class CodedDistance {
 public:
  CodedDistance(const CodesView& codes, const std::int8_t* code, float scale)
      : codes_(&codes), code_(code), scale_(scale) {}

  /// Squared.
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
