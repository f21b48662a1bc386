// Sums over 8-bit codes by the dot product instructions, an option of ARMv8.2
// and part of ARMv8.4: four products of bytes and their sum at once, in each
// lane.
#include "simd/neon_codes.h"
#include "simd/tables.h"

namespace imsearch::simd {
namespace {

struct Sums {
  static int32x4_t products(int32x4_t sum, int8x16_t a, int8x16_t b) {
    return vdotq_s32(sum, a, b);
  }
  static uint32x4_t squares(uint32x4_t sum, uint8x16_t a) {
    return vdotq_u32(sum, a, a);
  }
};

}  // namespace

std::int32_t dotprod_dot_i8(const std::int8_t* a, const std::int8_t* b,
                            std::size_t n) {
  return dot_i8_by<Sums>(a, b, n);
}

void dotprod_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                          std::size_t n, std::size_t count, std::int32_t* out) {
  dot_i8_block_by<Sums>(a, rows, n, count, out);
}

std::int32_t dotprod_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                             std::size_t n) {
  return l2sq_i8_by<Sums>(a, b, n);
}

void dotprod_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                          std::size_t n, std::size_t stride,
                          const std::uint32_t* rows, std::size_t count,
                          std::int32_t* out) {
  l2sq_i8_rows_by<FourRows<Sums>>(query, codes, n, stride, rows, count, out);
}

}  // namespace imsearch::simd
