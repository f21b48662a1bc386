// The table for CPUs with AVX-512: one vector of 16 floats is the 16 lanes that
// kernels.h prescribes, and 32 registers hold a tile of 4 queries and 4 rows
// with its 16 sums (avx2.cpp says why there are tiles). Masks read and write a
// tail without touching what is behind it.
//
// Only intrinsics and our own header: an inline function of the standard
// library in this file could be the copy that the linker keeps for all CPUs.
#include "simd/tables.h"

// GCC 12 warns of its own _mm256_undefined_pd() (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace imsearch::simd {
namespace {

constexpr std::size_t kLanes = 16;

__mmask16 first_lanes(std::size_t count) {
  return static_cast<__mmask16>((1U << count) - 1U);
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

/// Dots of Q queries and R rows, all sums in registers.
template <std::size_t Q, std::size_t R>
void tile(const float* queries, const float* x, std::size_t n, float* out,
          std::size_t out_stride) {
  __m512 sums[Q][R];
  for (std::size_t q = 0; q < Q; ++q)
    for (std::size_t r = 0; r < R; ++r) sums[q][r] = _mm512_setzero_ps();
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    __m512 rows[R];
    for (std::size_t r = 0; r < R; ++r)
      rows[r] = _mm512_loadu_ps(x + r * n + i);
    for (std::size_t q = 0; q < Q; ++q) {
      const __m512 query = _mm512_loadu_ps(queries + q * n + i);
      for (std::size_t r = 0; r < R; ++r)
        sums[q][r] = _mm512_fmadd_ps(query, rows[r], sums[q][r]);
    }
  }
  if (i < n) {
    // Lanes past n keep their sums: adding a product 0 could turn -0 into 0.
    const __mmask16 mask = first_lanes(n - i);
    for (std::size_t q = 0; q < Q; ++q) {
      const __m512 query = _mm512_maskz_loadu_ps(mask, queries + q * n + i);
      for (std::size_t r = 0; r < R; ++r)
        sums[q][r] = _mm512_mask3_fmadd_ps(
            query, _mm512_maskz_loadu_ps(mask, x + r * n + i), sums[q][r],
            mask);
    }
  }
  for (std::size_t q = 0; q < Q; ++q)
    for (std::size_t r = 0; r < R; ++r)
      out[q * out_stride + r] = sum_lanes(sums[q][r]);
}

/// Q queries with all rows, four at a time.
template <std::size_t Q>
void tile_rows(const float* queries, const float* x, std::size_t rows,
               std::size_t n, float* out) {
  std::size_t r = 0;
  for (; r + 4 <= rows; r += 4)
    tile<Q, 4>(queries, x + r * n, n, out + r, rows);
  for (; r < rows; ++r) tile<Q, 1>(queries, x + r * n, n, out + r, rows);
}

void dot_block(const float* queries, std::size_t query_count, const float* x,
               std::size_t rows, std::size_t n, float* out) {
  std::size_t q = 0;
  for (; q + 4 <= query_count; q += 4)
    tile_rows<4>(queries + q * n, x, rows, n, out + q * rows);
  for (; q < query_count; ++q)
    tile_rows<1>(queries + q * n, x, rows, n, out + q * rows);
}

float dot(const float* a, const float* b, std::size_t n) {
  float sum = 0;
  tile<1, 1>(a, b, n, &sum, 1);
  return sum;
}

/// Dots of four pairs, all sums in registers.
void four_pairs(const float* const* a, const float* const* b, std::size_t n,
                float* out) {
  __m512 sums[4];
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t p = 0; p < 4; ++p)
      sums[p] = _mm512_fmadd_ps(_mm512_loadu_ps(a[p] + i),
                                _mm512_loadu_ps(b[p] + i), sums[p]);
  // Without a tail the mask is empty, and no lane changes.
  const __mmask16 mask = first_lanes(n - i);
  for (std::size_t p = 0; p < 4; ++p) {
    sums[p] = _mm512_mask3_fmadd_ps(_mm512_maskz_loadu_ps(mask, a[p] + i),
                                    _mm512_maskz_loadu_ps(mask, b[p] + i),
                                    sums[p], mask);
    out[p] = sum_lanes(sums[p]);
  }
}

void dot_pairs(const float* const* a, const float* const* b, std::size_t count,
               std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) four_pairs(a + i, b + i, n, out + i);
  for (; i < count; ++i) out[i] = dot(a[i], b[i], n);
}

void divide(const float* in, float divisor, float* out, std::size_t n) {
  const __m512 by = _mm512_set1_ps(divisor);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    _mm512_storeu_ps(out + i, _mm512_div_ps(_mm512_loadu_ps(in + i), by));
  const __mmask16 mask = first_lanes(n - i);
  _mm512_mask_storeu_ps(
      out + i, mask,
      _mm512_maskz_div_ps(mask, _mm512_maskz_loadu_ps(mask, in + i), by));
}

}  // namespace

const Kernels kAvx512 = {"avx512",
                         dot,
                         dot_pairs,
                         dot_block,
                         divide,
                         avx512_dot_i8,
                         avx512_dot_i8_block,
                         avx512_l2sq_i8,
                         avx512_l2sq_i8_rows,
                         avx2_l2sq_code,  // few rows: no need of its own
                         avx512_unit_sums,
                         avx512_depthwise_row,
                         &kAvx512Int8};

}  // namespace imsearch::simd
