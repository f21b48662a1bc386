// Sums over 8-bit codes on any 64-bit ARM: products and squares of 16 bits,
// added in pairs.
#include "simd/neon_codes.h"
#include "simd/tables.h"

namespace imsearch::simd {
namespace {

struct Sums {
  static int32x4_t products(int32x4_t sum, int8x16_t a, int8x16_t b) {
    sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    return vpadalq_s16(sum, vmull_s8(vget_high_s8(a), vget_high_s8(b)));
  }
  static uint32x4_t squares(uint32x4_t sum, uint8x16_t a) {
    sum = vpadalq_u16(sum, vmull_u8(vget_low_u8(a), vget_low_u8(a)));
    return vpadalq_u16(sum, vmull_u8(vget_high_u8(a), vget_high_u8(a)));
  }
};

}  // namespace

std::int32_t neon_dot_i8(const std::int8_t* a, const std::int8_t* b,
                         std::size_t n) {
  return dot_i8_by<Sums>(a, b, n);
}

void neon_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                       std::size_t n, std::size_t count, std::int32_t* out) {
  dot_i8_block_by<Sums>(a, rows, n, count, out);
}

std::int32_t neon_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                          std::size_t n) {
  return l2sq_i8_by<Sums>(a, b, n);
}

void neon_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                       std::size_t n, std::size_t stride,
                       const std::uint32_t* rows, std::size_t count,
                       std::int32_t* out) {
  l2sq_i8_rows_by<FourRows<Sums>>(query, codes, n, stride, rows, count, out);
}

}  // namespace imsearch::simd
