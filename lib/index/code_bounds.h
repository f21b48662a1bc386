// How near and how far a row can be, by its 8-bit code and that of the query.
//
// Codes (sq8.h) stand for unit vectors q' and x'. With
// E = |q - q'| + |x - x'|, by Cauchy and Schwarz
//   |q.x - q'.x'| <= E sqrt(1 - (q'.x')^2) + E^2 / 2,
// and the squared distance of unit vectors is 2 - 2 q.x.
//
// That is certain, and far more than happens: it takes rounding errors that all
// point the same way. Errors within half a step s, independent of the values,
// add up to sqrt((s_q^2 + s_x^2) / 12) of q.x in a standard deviation. On
// features of photos, of 40,000 pairs none was off by more than 2.7 times that,
// since most of a feature's values are small and so are their errors.
#pragma once

#include "index/reduction.h"
#include "index/sq8.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace imsearch {

/// A query in both codes. Owns nothing.
struct CodedQuery {
  const std::int8_t* code = nullptr;
  float scale = 0;
  const std::int8_t* reduced = nullptr;
  CodeErrors errors;
};

/// Bounds of a squared distance as exact_l2sq() (flat.h) computes it, rounding
/// included.
struct Bounds {
  float low;
  float high;
};

/// Bounds of the distances from one query to an index's rows; owns neither.
class CodeBounds {
 public:
  /// `errors`: those of the rows.
  CodeBounds(const CodesView& codes, const CodeErrors* errors, std::size_t dim,
             const CodedQuery& query)
      : errors_(errors),
        scales_(codes.scales),
        query_error_(query.errors.whole),
        query_step_(query.scale),
        rounding_((static_cast<float>(dim) / 16 + 16) * 1e-6F),
        distance_(codes, query.code, query.scale) {}

  Bounds of(std::uint32_t row) const {
    return around(row, distance_.l2sq_to(row));
  }

  /// of(), where the squared distance of the codes is known already.
  Bounds around(std::uint32_t row, float l2sq) const {
    const float width = certain(row, l2sq);
    return {l2sq - width, l2sq + width};
  }

  /// A bound that no row is likely to be below: for searches that may miss one
  /// anyway.
  float likely_low(std::uint32_t row, float l2sq) const {
    constexpr float kDeviations = 8;
    const float step = scales_[row];
    const float deviation =
        2 * std::sqrt((query_step_ * query_step_ + step * step) / 12);
    return l2sq -
           std::min(certain(row, l2sq), kDeviations * deviation + rounding_);
  }

 private:
  float certain(std::uint32_t row, float l2sq) const {
    const float cosine = 1 - l2sq / 2;
    const float sine = std::sqrt(std::max(0.0F, 1 - cosine * cosine));
    const float error = query_error_ + errors_[row].whole;
    return error * (2 * sine + error) + rounding_;
  }

  const CodeErrors* errors_;
  const float* scales_;
  float query_error_;
  float query_step_;
  float rounding_;  // an upper bound of the rounding error of two sums of
                    // exact_l2sq() and of their difference
  CodedDistance distance_;
};

}  // namespace imsearch
