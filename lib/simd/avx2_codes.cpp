// The functions of avx2.cpp's table for 8-bit codes. AVX2 has no product of
// signed bytes, so codes are widened to 16 bits, 16 at a time: differences of
// two codes and products of two fit, and one instruction (madd) multiplies them
// and adds neighbours in 32 bits. Integer sums are exact in any order, so lanes
// are added as is quickest; the float sums keep the order of kernels.h.
//
// As avx2.cpp: only intrinsics and our own headers.
#include "simd/rows_ahead.h"
#include "simd/tables.h"

#include <immintrin.h>

namespace imsearch::simd {
namespace {

__m256i widened(const std::int8_t* bytes) {
  return _mm256_cvtepi8_epi16(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
}

/// The sum with the squares of what two pieces of 16 values differ by.
__m256i with_squares(__m256i sum, __m256i query, const std::int8_t* code) {
  const __m256i difference = _mm256_sub_epi16(query, widened(code));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(difference, difference));
}

/// The sum with the squares of what 8 values and their codes differ by.
__m256 with_coded_squares(__m256 sum, __m256 a, const std::int8_t* code,
                          __m256 scale) {
  const __m256i bytes = _mm256_cvtepi8_epi32(
      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(code)));
  const __m256 difference =
      _mm256_fnmadd_ps(scale, _mm256_cvtepi32_ps(bytes), a);
  return _mm256_fmadd_ps(difference, difference, sum);
}

/// 16 lanes of a sum, to which a tail is added.
struct Lanes {
  Lanes(__m256 low, __m256 high) {
    _mm256_storeu_ps(lane, low);
    _mm256_storeu_ps(lane + 8, high);
  }
  void add(std::size_t j, float a, float b) {
    lane[j] = __builtin_fmaf(a, b, lane[j]);
  }
  float sum() {
    for (std::size_t far = 8; far > 0; far /= 2)
      for (std::size_t j = 0; j < far; ++j) lane[j] += lane[j + far];
    return lane[0];
  }

  float lane[16];
};

std::int32_t sum_lanes(__m256i lanes) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(lanes),
                              _mm256_extracti128_si256(lanes, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return _mm_cvtsi128_si32(sum);
}

/// The sum of the lanes of each.
__m128i four_sums(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i all =
      _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  return _mm_add_epi32(_mm256_castsi256_si128(all),
                       _mm256_extracti128_si256(all, 1));
}

void store(std::int32_t* out, __m128i four) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), four);
}

/// For l2sq_i8_rows_by(): the distances of four codes, each piece of the query
/// loaded once for all of them.
struct Four {
  static void distances(const std::int8_t* query, const std::int8_t* a,
                        const std::int8_t* b, const std::int8_t* c,
                        const std::int8_t* d, std::size_t n,
                        std::int32_t* out) {
    __m256i sum_a = _mm256_setzero_si256();
    __m256i sum_b = sum_a;
    __m256i sum_c = sum_a;
    __m256i sum_d = sum_a;
    for (std::size_t i = 0; i < n; i += 16) {
      const __m256i piece = widened(query + i);
      sum_a = with_squares(sum_a, piece, a + i);
      sum_b = with_squares(sum_b, piece, b + i);
      sum_c = with_squares(sum_c, piece, c + i);
      sum_d = with_squares(sum_d, piece, d + i);
    }
    store(out, four_sums(sum_a, sum_b, sum_c, sum_d));
  }
};

}  // namespace

// Two sums, since one would wait for itself.
std::int32_t avx2_dot_i8(const std::int8_t* a, const std::int8_t* b,
                         std::size_t n) {
  __m256i even = _mm256_setzero_si256();
  __m256i odd = _mm256_setzero_si256();
  std::size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    even = _mm256_add_epi32(even,
                            _mm256_madd_epi16(widened(a + i), widened(b + i)));
    odd = _mm256_add_epi32(
        odd, _mm256_madd_epi16(widened(a + i + 16), widened(b + i + 16)));
  }
  std::int32_t sum = sum_lanes(_mm256_add_epi32(even, odd));
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void avx2_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                       std::size_t n, std::size_t count, std::int32_t* out) {
  std::size_t r = 0;
  for (; r + 4 <= count; r += 4) {
    __m256i sums[4] = {};
    for (std::size_t i = 0; i < n; i += 16) {
      const __m256i piece = widened(a + i);
      const std::int8_t* row = rows + r * n + i;
      for (__m256i& sum : sums) {
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(piece, widened(row)));
        row += n;
      }
    }
    store(out + r, four_sums(sums[0], sums[1], sums[2], sums[3]));
  }
  for (; r < count; ++r) out[r] = avx2_dot_i8(a, rows + r * n, n);
}

std::int32_t avx2_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                          std::size_t n) {
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t i = 0; i < n; i += 16)
    sum = with_squares(sum, widened(a + i), b + i);
  return sum_lanes(sum);
}

void avx2_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                       std::size_t n, std::size_t stride,
                       const std::uint32_t* rows, std::size_t count,
                       std::int32_t* out) {
  l2sq_i8_rows_by<Four>(query, codes, n, stride, rows, count, out);
}

float avx2_l2sq_code(const float* a, const std::int8_t* code, float scale,
                     std::size_t n) {
  constexpr std::size_t kLanes = 16;
  const __m256 scales = _mm256_set1_ps(scale);
  __m256 low = _mm256_setzero_ps();
  __m256 high = low;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    low = with_coded_squares(low, _mm256_loadu_ps(a + i), code + i, scales);
    high = with_coded_squares(high, _mm256_loadu_ps(a + i + 8), code + i + 8,
                              scales);
  }
  Lanes lanes(low, high);
  for (std::size_t j = 0; i + j < n; ++j) {
    const float difference =
        __builtin_fmaf(-scale, static_cast<float>(code[i + j]), a[i + j]);
    lanes.add(j, difference, difference);
  }
  return lanes.sum();
}

// The quotients are kept in registers and used three times. A tail goes to its
// lanes one by one: it is rare, since most dimensions are multiples of 16.
UnitSums avx2_unit_sums(const float* row, float length, const float* query,
                        const std::int8_t* code, float scale, std::size_t n) {
  const __m256 lengths = _mm256_set1_ps(length);
  const __m256 scales = _mm256_set1_ps(scale);
  __m256 square[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  __m256 dot[2] = {square[0], square[0]};
  __m256 l2sq[2] = {square[0], square[0]};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t at = i + 8 * half;
      const __m256 unit = _mm256_div_ps(_mm256_loadu_ps(row + at), lengths);
      square[half] = _mm256_fmadd_ps(unit, unit, square[half]);
      dot[half] = _mm256_fmadd_ps(unit, _mm256_loadu_ps(query + at), dot[half]);
      l2sq[half] = with_coded_squares(l2sq[half], unit, code + at, scales);
    }
  Lanes squares(square[0], square[1]);
  Lanes dots(dot[0], dot[1]);
  Lanes l2sqs(l2sq[0], l2sq[1]);
  for (std::size_t j = 0; i + j < n; ++j) {
    const float unit = row[i + j] / length;
    const float difference =
        __builtin_fmaf(-scale, static_cast<float>(code[i + j]), unit);
    squares.add(j, unit, unit);
    dots.add(j, unit, query[i + j]);
    l2sqs.add(j, difference, difference);
  }
  return {squares.sum(), dots.sum(), l2sqs.sum()};
}

}  // namespace imsearch::simd
