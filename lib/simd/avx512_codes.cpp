// The functions of avx512.cpp's table for 8-bit codes. VNNI multiplies bytes
// and adds four products to a lane of 32 bits in one instruction, but only
// unsigned bytes with signed ones: dot products therefore shift one side by 128
// and take off what that adds. Differences of two codes need 9 bits, so
// distances are taken in 16, with VNNI's other instruction, which squares and
// adds pairs. Integer sums are exact in any order.
//
// As avx512.cpp: only intrinsics and our own headers.
#include "simd/rows_ahead.h"
#include "simd/tables.h"

// GCC 12 warns of its own intrinsics (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace imsearch::simd {
namespace {

__m512i widened(const std::int8_t* bytes) {
  return _mm512_cvtepi8_epi16(
      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes)));
}

/// The sum with the squares of what two pieces of 32 values differ by.
__m512i with_squares(__m512i sum, __m512i query, const std::int8_t* code) {
  const __m512i difference = _mm512_sub_epi16(query, widened(code));
  return _mm512_dpwssd_epi32(sum, difference, difference);
}

__m256i halves_added(__m512i lanes) {
  return _mm256_add_epi32(_mm512_castsi512_si256(lanes),
                          _mm512_extracti64x4_epi64(lanes, 1));
}

std::int32_t sum_lanes(__m256i lanes) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(lanes),
                              _mm256_extracti128_si256(lanes, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return _mm_cvtsi128_si32(sum);
}

/// The sum of the lanes of each.
__m128i four_sums(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m256i ab = _mm256_hadd_epi32(halves_added(a), halves_added(b));
  const __m256i cd = _mm256_hadd_epi32(halves_added(c), halves_added(d));
  const __m256i all = _mm256_hadd_epi32(ab, cd);
  return _mm_add_epi32(_mm256_castsi256_si128(all),
                       _mm256_extracti128_si256(all, 1));
}

void store(std::int32_t* out, __m128i four) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), four);
}

/// Lanes added at distance 8, 4, 2, 1.
float sum_lanes(__m512 lanes) {
  const __m256 by8 = _mm256_add_ps(_mm512_castps512_ps256(lanes),
                                   _mm512_extractf32x8_ps(lanes, 1));
  const __m128 by4 =
      _mm_add_ps(_mm256_castps256_ps128(by8), _mm256_extractf128_ps(by8, 1));
  const __m128 by2 = _mm_add_ps(by4, _mm_movehl_ps(by4, by4));
  return _mm_cvtss_f32(_mm_add_ss(by2, _mm_movehdup_ps(by2)));
}

/// For l2sq_i8_rows_by(): the distances of four codes, each piece of the query
/// loaded once for all of them.
struct Four {
  static void distances(const std::int8_t* query, const std::int8_t* a,
                        const std::int8_t* b, const std::int8_t* c,
                        const std::int8_t* d, std::size_t n,
                        std::int32_t* out) {
    __m512i sum_a = _mm512_setzero_si512();
    __m512i sum_b = sum_a;
    __m512i sum_c = sum_a;
    __m512i sum_d = sum_a;
    for (std::size_t i = 0; i < n; i += 32) {
      const __m512i piece = widened(query + i);
      sum_a = with_squares(sum_a, piece, a + i);
      sum_b = with_squares(sum_b, piece, b + i);
      sum_c = with_squares(sum_c, piece, c + i);
      sum_d = with_squares(sum_d, piece, d + i);
    }
    store(out, four_sums(sum_a, sum_b, sum_c, sum_d));
  }
};

}  // namespace

std::int32_t avx512_dot_i8(const std::int8_t* a, const std::int8_t* b,
                           std::size_t n) {
  // The instruction multiplies unsigned bytes with signed ones, so it is given
  // a + 128, and what is too much, 128 times the sum of b, is taken off.
  const __m512i sign = _mm512_set1_epi8(-128);
  __m512i sums = _mm512_setzero_si512();
  __m512i too_much = _mm512_setzero_si512();
  for (std::size_t i = 0; i < n; i += 64) {
    const __mmask64 mask = n - i >= 64 ? ~0ULL : (1ULL << (n - i)) - 1;
    const __m512i left =
        _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, a + i), sign);
    const __m512i right = _mm512_maskz_loadu_epi8(mask, b + i);
    sums = _mm512_dpbusd_epi32(sums, left, right);
    too_much = _mm512_dpbusd_epi32(too_much, sign, right);
  }
  return sum_lanes(halves_added(_mm512_sub_epi32(sums, too_much)));
}

void avx512_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                         std::size_t n, std::size_t count, std::int32_t* out) {
  // As above, but the rows are the unsigned ones: too much is as much for all.
  const __m512i sign = _mm512_set1_epi8(-128);
  __m512i too_much = _mm512_setzero_si512();
  for (std::size_t i = 0; i < n; i += 64)
    too_much = _mm512_dpbusd_epi32(too_much, sign, _mm512_loadu_si512(a + i));
  std::size_t r = 0;
  for (; r + 4 <= count; r += 4) {
    __m512i sums[4] = {};
    for (std::size_t i = 0; i < n; i += 64) {
      const __m512i piece = _mm512_loadu_si512(a + i);
      const std::int8_t* row = rows + r * n + i;
      for (__m512i& sum : sums) {
        const __m512i left = _mm512_xor_si512(_mm512_loadu_si512(row), sign);
        sum = _mm512_dpbusd_epi32(sum, left, piece);
        row += n;
      }
    }
    for (__m512i& sum : sums) sum = _mm512_sub_epi32(sum, too_much);
    store(out + r, four_sums(sums[0], sums[1], sums[2], sums[3]));
  }
  for (; r < count; ++r) out[r] = avx512_dot_i8(a, rows + r * n, n);
}

std::int32_t avx512_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                            std::size_t n) {
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < n; i += 32)
    sum = with_squares(sum, widened(a + i), b + i);
  return sum_lanes(halves_added(sum));
}

void avx512_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                         std::size_t n, std::size_t stride,
                         const std::uint32_t* rows, std::size_t count,
                         std::int32_t* out) {
  l2sq_i8_rows_by<Four>(query, codes, n, stride, rows, count, out);
}

UnitSums avx512_unit_sums(const float* row, float length, const float* query,
                          const std::int8_t* code, float scale, std::size_t n) {
  const __m512 lengths = _mm512_set1_ps(length);
  const __m512 scales = _mm512_set1_ps(scale);
  __m512 square = _mm512_setzero_ps();
  __m512 dot = square;
  __m512 l2sq = square;
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const __m512 unit = _mm512_div_ps(_mm512_loadu_ps(row + i), lengths);
    const __m512 coded = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(code + i))));
    const __m512 difference = _mm512_fnmadd_ps(scales, coded, unit);
    square = _mm512_fmadd_ps(unit, unit, square);
    dot = _mm512_fmadd_ps(unit, _mm512_loadu_ps(query + i), dot);
    l2sq = _mm512_fmadd_ps(difference, difference, l2sq);
  }
  if (i < n) {
    // Lanes past n keep their sums.
    const auto mask = static_cast<__mmask16>((1U << (n - i)) - 1U);
    const __m512 unit = _mm512_maskz_div_ps(
        mask, _mm512_maskz_loadu_ps(mask, row + i), lengths);
    // Copied, so that no load reaches behind the code.
    alignas(16) std::int8_t tail[16] = {};
    for (std::size_t j = 0; i + j < n; ++j) tail[j] = code[i + j];
    const __m512 coded = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(
        _mm_load_si128(reinterpret_cast<const __m128i*>(tail))));
    const __m512 difference = _mm512_fnmadd_ps(scales, coded, unit);
    square = _mm512_mask3_fmadd_ps(unit, unit, square, mask);
    dot = _mm512_mask3_fmadd_ps(unit, _mm512_maskz_loadu_ps(mask, query + i),
                                dot, mask);
    l2sq = _mm512_mask3_fmadd_ps(difference, difference, l2sq, mask);
  }
  return {sum_lanes(square), sum_lanes(dot), sum_lanes(l2sq)};
}

}  // namespace imsearch::simd
