// The table for CPUs with AVX2 and FMA: vectors of 8 floats, two of which make
// the 16 lanes that kernels.h prescribes. A sum of products waits for the one
// before it, some 4 cycles each, while a CPU can begin two in every cycle: so
// several sums run side by side, in tiles of queries and rows, which also load
// each value once for all pairs of a tile. Sixteen registers hold a tile of 2
// x 2.
//
// Only intrinsics and our own header: an inline function of the standard
// library in this file could be the copy that the linker keeps for all CPUs.
#include "simd/tables.h"

#include <immintrin.h>

namespace imsearch::simd {
namespace {

constexpr std::size_t kLanes = 16;

/// The 16 lanes of a sum: 0 to 7 and 8 to 15.
struct Lanes {
  __m256 low;
  __m256 high;
};

/// -1 in the first `count` of 8 lanes (count may be past either end).
__m256i first_lanes(std::ptrdiff_t count) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const std::ptrdiff_t clamped = count < 0 ? 0 : count > 8 ? 8 : count;
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(clamped)), lane);
}

/// Lanes added at distance 8, 4, 2, 1.
float sum_lanes(const Lanes& lanes) {
  const __m256 by8 = _mm256_add_ps(lanes.low, lanes.high);
  const __m128 by4 =
      _mm_add_ps(_mm256_castps256_ps128(by8), _mm256_extractf128_ps(by8, 1));
  const __m128 by2 = _mm_add_ps(by4, _mm_movehl_ps(by4, by4));
  return _mm_cvtss_f32(_mm_add_ss(by2, _mm_movehdup_ps(by2)));
}

/// Lanes outside the mask keep their sums: adding 0 could turn -0 into 0.
__m256 masked_fma(const float* a, const float* b, __m256 sum, __m256i mask) {
  const __m256 more = _mm256_fmadd_ps(_mm256_maskload_ps(a, mask),
                                      _mm256_maskload_ps(b, mask), sum);
  return _mm256_blendv_ps(sum, more, _mm256_castsi256_ps(mask));
}

/// The last count (1 to 15) products.
void add_tail(const float* a, const float* b, std::size_t count, Lanes& sum) {
  const auto left = static_cast<std::ptrdiff_t>(count);
  sum.low = masked_fma(a, b, sum.low, first_lanes(left));
  if (left > 8)
    sum.high = masked_fma(a + 8, b + 8, sum.high, first_lanes(left - 8));
}

/// Dots of Q queries and R rows, all sums in registers.
template <std::size_t Q, std::size_t R>
void tile(const float* queries, const float* x, std::size_t n, float* out,
          std::size_t out_stride) {
  Lanes sums[Q][R];
  for (std::size_t q = 0; q < Q; ++q)
    for (std::size_t r = 0; r < R; ++r)
      sums[q][r] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Lanes rows[R];
    for (std::size_t r = 0; r < R; ++r)
      rows[r] = {_mm256_loadu_ps(x + r * n + i),
                 _mm256_loadu_ps(x + r * n + i + 8)};
    for (std::size_t q = 0; q < Q; ++q) {
      const __m256 low = _mm256_loadu_ps(queries + q * n + i);
      const __m256 high = _mm256_loadu_ps(queries + q * n + i + 8);
      for (std::size_t r = 0; r < R; ++r) {
        sums[q][r].low = _mm256_fmadd_ps(low, rows[r].low, sums[q][r].low);
        sums[q][r].high = _mm256_fmadd_ps(high, rows[r].high, sums[q][r].high);
      }
    }
  }
  for (std::size_t q = 0; q < Q; ++q)
    for (std::size_t r = 0; r < R; ++r) {
      if (i < n)
        add_tail(queries + q * n + i, x + r * n + i, n - i, sums[q][r]);
      out[q * out_stride + r] = sum_lanes(sums[q][r]);
    }
}

/// Q queries with all rows, two at a time.
template <std::size_t Q>
void tile_rows(const float* queries, const float* x, std::size_t rows,
               std::size_t n, float* out) {
  std::size_t r = 0;
  for (; r + 2 <= rows; r += 2)
    tile<Q, 2>(queries, x + r * n, n, out + r, rows);
  if (r < rows) tile<Q, 1>(queries, x + r * n, n, out + r, rows);
}

void dot_block(const float* queries, std::size_t query_count, const float* x,
               std::size_t rows, std::size_t n, float* out) {
  std::size_t q = 0;
  for (; q + 2 <= query_count; q += 2)
    tile_rows<2>(queries + q * n, x, rows, n, out + q * rows);
  if (q < query_count)
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
  Lanes sums[4];
  for (Lanes& sum : sums) sum = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t p = 0; p < 4; ++p) {
      sums[p].low = _mm256_fmadd_ps(_mm256_loadu_ps(a[p] + i),
                                    _mm256_loadu_ps(b[p] + i), sums[p].low);
      sums[p].high =
          _mm256_fmadd_ps(_mm256_loadu_ps(a[p] + i + 8),
                          _mm256_loadu_ps(b[p] + i + 8), sums[p].high);
    }
  for (std::size_t p = 0; p < 4; ++p) {
    if (i < n) add_tail(a[p] + i, b[p] + i, n - i, sums[p]);
    out[p] = sum_lanes(sums[p]);
  }
}

void dot_pairs(const float* const* a, const float* const* b, std::size_t count,
               std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) four_pairs(a + i, b + i, n, out + i);
  for (; i < count; ++i) out[i] = dot(a[i], b[i], n);
}

// Division is correctly rounded in any width, so no order has to be kept.
void divide(const float* in, float divisor, float* out, std::size_t n) {
  const __m256 by = _mm256_set1_ps(divisor);
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps(out + i, _mm256_div_ps(_mm256_loadu_ps(in + i), by));
  for (; i < n; ++i) out[i] = in[i] / divisor;
}

constexpr Kernels table(const char* name, const Int8Layers* int8) {
  return {name,
          dot,
          dot_pairs,
          dot_block,
          divide,
          avx2_dot_i8,
          avx2_dot_i8_block,
          avx2_l2sq_i8,
          avx2_l2sq_i8_rows,
          avx2_l2sq_code,
          avx2_unit_sums,
          avx2_depthwise_row,
          int8};
}

}  // namespace

const Kernels kAvx2 = table("avx2", &kAvx2Int8);
const Kernels kAvxVnni = table("avx-vnni", &kAvxVnniInt8);

}  // namespace imsearch::simd
