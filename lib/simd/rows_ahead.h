// The loop of l2sq_i8_rows, for the file of each kind of CPU: four rows at a
// time, and the codes of those further on asked for.
#pragma once

#include "simd/prefetch.h"

#include <cstddef>
#include <cstdint>

namespace imsearch::simd {

/// Rows on their way while four are compared. Measured at 64 bytes a code, and
/// flat from 8 to 24.
inline constexpr std::size_t kRowsAhead = 12;
inline constexpr std::size_t kRowsAtOnce = 4;

/// Four::distances(query, code0, code1, code2, code3, n, out) writes 4 of them.
template <typename Four>
inline void l2sq_i8_rows_by(const std::int8_t* query, const std::int8_t* codes,
                            std::size_t n, std::size_t stride,
                            const std::uint32_t* rows, std::size_t count,
                            std::int32_t* out) {
  const auto fetch = [&](std::size_t i) {
    if (i < count) prefetch(codes + rows[i] * stride, n);
  };
  for (std::size_t i = 0; i < kRowsAhead; ++i) fetch(i);
  for (std::size_t i = 0; i < count; i += kRowsAtOnce) {
    for (std::size_t j = 0; j < kRowsAtOnce; ++j) fetch(i + kRowsAhead + j);
    // The last row stands in for those that would make four.
    const auto code = [&](std::size_t j) {
      return codes + rows[i + j < count ? i + j : count - 1] * stride;
    };
    std::int32_t four[kRowsAtOnce];
    Four::distances(query, code(0), code(1), code(2), code(3), n, four);
    for (std::size_t j = 0; j < kRowsAtOnce && i + j < count; ++j)
      out[i + j] = four[j];
  }
}

}  // namespace imsearch::simd
