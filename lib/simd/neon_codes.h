// Sums over 8-bit codes for 64-bit ARM, with and without its dot product
// instructions, for the file of each. `Sums`, defined there in a namespace
// without name, has
//
//   int32x4_t products(int32x4_t sum, int8x16_t a, int8x16_t b);
//   uint32x4_t squares(uint32x4_t sum, uint8x16_t a);
//
// which add 16 products or squares to four lanes, whichever way: integer sums
// are exact.
#pragma once

#include "simd/rows_ahead.h"

#include <arm_neon.h>

namespace imsearch::simd {

/// |a - b|, up to 255, has room in 8 bits without a sign.
static inline uint8x16_t distance_of(const std::int8_t* a,
                                     const std::int8_t* b) {
  return vreinterpretq_u8_s8(vabdq_s8(vld1q_s8(a), vld1q_s8(b)));
}

template <typename Sums>
std::int32_t dot_i8_by(const std::int8_t* a, const std::int8_t* b,
                       std::size_t n) {
  int32x4_t sums = vdupq_n_s32(0);
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    sums = Sums::products(sums, vld1q_s8(a + i), vld1q_s8(b + i));
  std::int32_t sum = vaddvq_s32(sums);
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

template <typename Sums>
void dot_i8_block_by(const std::int8_t* a, const std::int8_t* rows,
                     std::size_t n, std::size_t count, std::int32_t* out) {
  std::size_t r = 0;
  for (; r + 4 <= count; r += 4) {
    int32x4_t sums[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0),
                         vdupq_n_s32(0)};
    for (std::size_t i = 0; i < n; i += 16) {
      const int8x16_t piece = vld1q_s8(a + i);
      const std::int8_t* row = rows + r * n + i;
      for (int32x4_t& sum : sums) {
        sum = Sums::products(sum, piece, vld1q_s8(row));
        row += n;
      }
    }
    for (std::size_t j = 0; j < 4; ++j) out[r + j] = vaddvq_s32(sums[j]);
  }
  for (; r < count; ++r) out[r] = dot_i8_by<Sums>(a, rows + r * n, n);
}

template <typename Sums>
std::int32_t l2sq_i8_by(const std::int8_t* a, const std::int8_t* b,
                        std::size_t n) {
  uint32x4_t sums = vdupq_n_u32(0);
  for (std::size_t i = 0; i < n; i += 16)
    sums = Sums::squares(sums, distance_of(a + i, b + i));
  return static_cast<std::int32_t>(vaddvq_u32(sums));
}

/// For l2sq_i8_rows_by().
template <typename Sums>
struct FourRows {
  static void distances(const std::int8_t* query, const std::int8_t* a,
                        const std::int8_t* b, const std::int8_t* c,
                        const std::int8_t* d, std::size_t n,
                        std::int32_t* out) {
    const std::int8_t* codes[kRowsAtOnce] = {a, b, c, d};
    uint32x4_t sums[kRowsAtOnce] = {vdupq_n_u32(0), vdupq_n_u32(0),
                                    vdupq_n_u32(0), vdupq_n_u32(0)};
    for (std::size_t i = 0; i < n; i += 16)
      for (std::size_t r = 0; r < kRowsAtOnce; ++r)
        sums[r] = Sums::squares(sums[r], distance_of(query + i, codes[r] + i));
    for (std::size_t r = 0; r < kRowsAtOnce; ++r)
      out[r] = static_cast<std::int32_t>(vaddvq_u32(sums[r]));
  }
};

}  // namespace imsearch::simd
