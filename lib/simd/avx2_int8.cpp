// The int8 layers of avx2.cpp's table. The one product of bytes that AVX2 has
// cuts sums of two to 16 bits, so bytes are widened: the even ones and the odd
// ones of each four are multiplied apart, as 16 bits each.
#include "simd/avx2_int8.h"
#include "simd/tables.h"

namespace imsearch::simd {
namespace {

struct Products {
  static constexpr std::size_t kPixels = 4;

  struct Words {
    __m256i even;
    __m256i odd;
  };
  using Unsigned = Words;
  using Signed = Words;

  IMSEARCH_INLINE static Unsigned of_unsigned(__m256i bytes) {
    return {_mm256_and_si256(bytes, _mm256_set1_epi16(0xFF)),
            _mm256_srli_epi16(bytes, 8)};
  }
  IMSEARCH_INLINE static Signed of_signed(__m256i bytes) {
    return {_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8),
            _mm256_srai_epi16(bytes, 8)};
  }
  IMSEARCH_INLINE static __m256i dot(__m256i sum, const Unsigned& a,
                                     const Signed& b) {
    return _mm256_add_epi32(sum,
                            _mm256_add_epi32(_mm256_madd_epi16(a.even, b.even),
                                             _mm256_madd_epi16(a.odd, b.odd)));
  }
};

}  // namespace

void avx2_int8_quantize(const float* in, float scale, std::size_t n,
                        std::uint8_t* out) {
  std::size_t i = 0;
  const auto eight = [scale](const float* from) {
    const __m256 value = _mm256_fmadd_ps(
        _mm256_loadu_ps(from), _mm256_set1_ps(scale), _mm256_set1_ps(128));
    // Of NaN and 0, the instruction gives its second operand.
    const __m256i whole = _mm256_cvtps_epi32(_mm256_min_ps(
        _mm256_max_ps(value, _mm256_setzero_ps()), _mm256_set1_ps(255)));
    return bytes_of(whole, whole);
  };
  for (; i + 8 <= n; i += 8)
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i), eight(in + i));
  if (i == n) return;
  float last[8] = {};
  __builtin_memcpy(last, in + i, (n - i) * sizeof(float));
  std::uint8_t bytes[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes), eight(last));
  __builtin_memcpy(out + i, bytes, n - i);
}

const Int8Layers kAvx2Int8 = {
    avx2_int8_quantize, int8_dense<Avx2Dense<Products>>,
    int8_dense_float<Avx2Dense<Products>>,
    int8_depthwise_row<Avx2Depthwise<Products>>, false};

}  // namespace imsearch::simd
