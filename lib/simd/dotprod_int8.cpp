// The dense int8 layer by the dot product instructions of ARMv8.2.
#include "simd/neon_int8.h"
#include "simd/tables.h"

namespace imsearch::simd {
namespace {

struct Products {
  IMSEARCH_INLINE static int32x4_t dot(int32x4_t sum, int8x16_t a,
                                       int8x16_t b) {
    return vdotq_s32(sum, a, b);
  }
};

}  // namespace

const Int8Layers kNeonDotprodInt8 = {
    neon_int8_quantize, int8_dense<NeonDense<Products>>,
    int8_dense_float<NeonDense<Products>>, neon_int8_depthwise_row, true};

}  // namespace imsearch::simd
