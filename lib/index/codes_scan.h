// Comparing a query with 8-bit codes of whole vectors (codes8.h).
#pragma once

#include "base/hit.h"
#include "index/codes8.h"
#include "simd/kernels.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// A coded query against the rows of an index; owns neither.
class CodesScan {
 public:
  CodesScan(const CodesView& codes, const std::int8_t* code, float scale)
      : codes_(&codes), code_(code), scale_(scale) {}

  /// The squared distance of query and row.
  float l2sq(std::uint32_t row) const {
    return coded_l2sq(dot_i8_(code_, codes_->code(row), codes_->stride), scale_,
                      codes_->scales[row]);
  }

  /// The `count` nearest of all rows, nearest first, ties by row.
  Hits nearest(std::size_t count) const;

 private:
  const CodesView* codes_;
  const std::int8_t* code_;
  float scale_;
  decltype(simd::Kernels::dot_i8) dot_i8_ = simd::active().dot_i8;
};

}  // namespace imsearch
