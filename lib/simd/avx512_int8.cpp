// The int8 layers of avx512.cpp's table, by the dot product instruction of
// AVX-512 VNNI: four products of bytes and their sum at once in each lane.
#include "simd/avx2_int8.h"
#include "simd/int8_dense_tiles.h"
#include "simd/int8_depthwise_columns.h"
#include "simd/tables.h"

// GCC 12 warns of its own intrinsics (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

namespace imsearch::simd {
namespace {

__mmask64 first_bytes(std::size_t count) {
  return count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1U;
}

__mmask16 first_lanes(std::size_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xFFFFU : (1U << count) - 1U);
}

/// The bytes of four vectors of whole numbers: within each 16 bytes, four of
/// each vector.
__m512i to_bytes(__m512i a, __m512i b, __m512i c, __m512i d) {
  return _mm512_packus_epi16(_mm512_packs_epi32(a, b),
                             _mm512_packs_epi32(c, d));
}

struct Vector {
  static constexpr std::size_t kLanes = 16;
  using Sum = __m512i;
  using Floats = __m512;

  IMSEARCH_INLINE static Sum dot(Sum sum, __m512i bytes, __m512i weights) {
    return _mm512_dpbusd_epi32(sum, bytes, weights);
  }
  IMSEARCH_INLINE static Floats load_floats(const float* from) {
    return _mm512_loadu_ps(from);
  }
  IMSEARCH_INLINE static Floats to_floats(Sum sum, Floats scale, Floats bias) {
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, bias);
  }
};

struct Dense : Vector {
  /// 24 sums, beside weights and an input, fill the registers.
  static constexpr std::size_t kBlocks = 4;
  static constexpr std::size_t pixels(std::size_t blocks) {
    return blocks == 4 ? 6 : 8;
  }
  static constexpr bool kSigned = false;
  using Input = __m512i;
  using Weights = __m512i;
  using Mask = __mmask16;
  using ByteMask = __mmask64;

  IMSEARCH_INLINE static Sum load_sum(const std::int32_t* from) {
    return _mm512_loadu_si512(from);
  }
  IMSEARCH_INLINE static Input load_input(const std::uint8_t* from) {
    int bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return _mm512_set1_epi32(bytes);
  }
  IMSEARCH_INLINE static Weights load_weights(const std::int8_t* from) {
    return _mm512_loadu_si512(from);
  }
  IMSEARCH_INLINE static Mask mask(std::size_t count) {
    return first_lanes(count);
  }
  IMSEARCH_INLINE static ByteMask byte_mask(std::size_t count) {
    return first_bytes(count);
  }
  IMSEARCH_INLINE static Floats no_floats() { return _mm512_setzero_ps(); }
  IMSEARCH_INLINE static Floats add(Floats a, Floats b) {
    return _mm512_add_ps(a, b);
  }
  IMSEARCH_INLINE static Floats load_some(const float* from, Mask mask) {
    return _mm512_maskz_loadu_ps(mask, from);
  }
  IMSEARCH_INLINE static void store_floats(float* to, Floats values,
                                           Mask mask) {
    _mm512_mask_storeu_ps(to, mask, values);
  }
  IMSEARCH_INLINE static Floats first(Floats values, Mask mask) {
    return _mm512_maskz_mov_ps(mask, values);
  }
  /// Of NaN and a number, the instruction gives its second operand.
  IMSEARCH_INLINE static Floats larger(Floats values, Floats most) {
    return _mm512_max_ps(_mm512_abs_ps(values), most);
  }
  IMSEARCH_INLINE static float largest_lane(Floats values) {
    return _mm512_reduce_max_ps(values);
  }
  template <std::size_t N>
  IMSEARCH_INLINE static void store_bytes(std::uint8_t* to,
                                          const Floats (&values)[N],
                                          ByteMask mask) {
    __m512i whole[4] = {};
    unrolled<N>([&](auto n) IMSEARCH_INLINE {
      whole[n] = _mm512_cvtps_epi32(values[n]);
    });
    const __m512i order =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_mask_storeu_epi8(
        to, mask,
        _mm512_permutexvar_epi32(
            order, to_bytes(whole[0], whole[1], whole[2], whole[3])));
  }
};

struct Depthwise : Vector {
  using Bytes = __m512i;
  using Quads = __m512i;
  using Taps = __m512i;

  IMSEARCH_INLINE static Sum zero() { return _mm512_setzero_si512(); }
  IMSEARCH_INLINE static Taps load_taps(const std::int8_t* from) {
    return _mm512_loadu_si512(from);
  }
  IMSEARCH_INLINE static Bytes load_bytes(const std::uint8_t* from,
                                          std::size_t count) {
    if (from == nullptr) return zero();
    return _mm512_maskz_loadu_epi8(first_bytes(count), from);
  }
  IMSEARCH_INLINE static void interleave(Bytes first, Bytes second, Bytes third,
                                         Quads (&quads)[4]) {
    const __m512i low = _mm512_unpacklo_epi8(first, second);
    const __m512i high = _mm512_unpackhi_epi8(first, second);
    const __m512i third_low = _mm512_unpacklo_epi8(third, zero());
    const __m512i third_high = _mm512_unpackhi_epi8(third, zero());
    quads[0] = _mm512_unpacklo_epi16(low, third_low);
    quads[1] = _mm512_unpackhi_epi16(low, third_low);
    quads[2] = _mm512_unpacklo_epi16(high, third_high);
    quads[3] = _mm512_unpackhi_epi16(high, third_high);
  }
  IMSEARCH_INLINE static void store_interleaved(std::uint8_t* to,
                                                const Floats (&values)[4],
                                                std::size_t count) {
    _mm512_mask_storeu_epi8(
        to, first_bytes(count),
        to_bytes(_mm512_cvtps_epi32(values[0]), _mm512_cvtps_epi32(values[1]),
                 _mm512_cvtps_epi32(values[2]), _mm512_cvtps_epi32(values[3])));
  }
};

/// Of 256 bits, for the channels that are left over: 16 or 32 of them would
/// fill a vector of 512 by a quarter or a half, and take longer.
struct Products {
  using Unsigned = __m256i;
  using Signed = __m256i;

  IMSEARCH_INLINE static Unsigned of_unsigned(__m256i bytes) { return bytes; }
  IMSEARCH_INLINE static Signed of_signed(__m256i bytes) { return bytes; }
  IMSEARCH_INLINE static __m256i dot(__m256i sum, __m256i a, __m256i b) {
    return _mm256_dpbusd_epi32(sum, a, b);
  }
};

void depthwise_row(const Int8DepthwiseRow& row) {
  using Wide = Int8DepthwiseColumns<Depthwise>;
  using Narrow = Int8DepthwiseColumns<Avx2Depthwise<Products>>;
  std::size_t c = 0;
  for (; c + Wide::kPiece <= row.channels; c += Wide::kPiece)
    Wide(row, c).run();
  for (; c < row.channels; c += Narrow::kPiece) Narrow(row, c).run();
}

void quantize(const float* in, float scale, std::size_t n, std::uint8_t* out) {
  for (std::size_t i = 0; i < n; i += 16) {
    const __mmask16 mask = first_lanes(n - i);
    const __m512 value =
        _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, in + i),
                        _mm512_set1_ps(scale), _mm512_set1_ps(128));
    const __m512 within = _mm512_min_ps(
        _mm512_max_ps(value, _mm512_setzero_ps()), _mm512_set1_ps(255));
    _mm512_mask_cvtepi32_storeu_epi8(out + i, mask, _mm512_cvtps_epi32(within));
  }
}

}  // namespace

const Int8Layers kAvx512Int8 = {quantize, int8_dense<Dense>,
                                int8_dense_float<Dense>, depthwise_row, true};

}  // namespace imsearch::simd
