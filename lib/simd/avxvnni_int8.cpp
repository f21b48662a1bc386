// The int8 layers for CPUs with AVX-VNNI and without AVX-512: the dot product
// instruction over 256 bits.
#include "simd/avx2_int8.h"
#include "simd/tables.h"

namespace imsearch::simd {
namespace {

struct Products {
  static constexpr std::size_t kPixels = 6;
  using Unsigned = __m256i;
  using Signed = __m256i;

  IMSEARCH_INLINE static Unsigned of_unsigned(__m256i bytes) { return bytes; }
  IMSEARCH_INLINE static Signed of_signed(__m256i bytes) { return bytes; }
  IMSEARCH_INLINE static __m256i dot(__m256i sum, __m256i a, __m256i b) {
    return _mm256_dpbusd_avx_epi32(sum, a, b);
  }
};

}  // namespace

const Int8Layers kAvxVnniInt8 = {
    avx2_int8_quantize, int8_dense<Avx2Dense<Products>>,
    int8_dense_float<Avx2Dense<Products>>,
    int8_depthwise_row<Avx2Depthwise<Products>>, true};

}  // namespace imsearch::simd
