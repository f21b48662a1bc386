// The int8 layers over vectors of 256 bits. Products differs between AVX2 and
// AVX-VNNI: how four unsigned and four signed bytes are multiplied and added to
// a lane.
//
//   Unsigned, of_unsigned(bytes)   bytes as dot() wants them
//   Signed, of_signed(bytes)
//   dot(sum, a, b)
//   kPixels                        how many a tile of 16 output channels holds
#pragma once

#include "simd/int8_dense_tiles.h"
#include "simd/int8_depthwise_columns.h"

#include <immintrin.h>

namespace imsearch::simd {

IMSEARCH_INLINE inline __m256i load_256(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

/// The bytes of 8 + 8 whole numbers, in order.
IMSEARCH_INLINE inline __m128i bytes_of(__m256i a, __m256i b) {
  const __m256i words =
      _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8);
  return _mm_packus_epi16(_mm256_castsi256_si128(words),
                          _mm256_extracti128_si256(words, 1));
}

template <typename Products>
struct Avx2Vector {
  static constexpr std::size_t kLanes = 8;
  using Sum = __m256i;
  using Floats = __m256;

  IMSEARCH_INLINE static Sum dot(Sum sum, const typename Products::Unsigned& a,
                                 const typename Products::Signed& b) {
    return Products::dot(sum, a, b);
  }
  IMSEARCH_INLINE static Floats load_floats(const float* from) {
    return _mm256_loadu_ps(from);
  }
  IMSEARCH_INLINE static Floats to_floats(Sum sum, Floats scale, Floats bias) {
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), scale, bias);
  }
};

template <typename Products>
struct Avx2Dense : Avx2Vector<Products> {
  using Sum = __m256i;
  using Floats = __m256;
  using Input = typename Products::Unsigned;
  using Weights = typename Products::Signed;
  static constexpr std::size_t kBlocks = 1;
  static constexpr bool kSigned = false;
  static constexpr std::size_t pixels(std::size_t) { return Products::kPixels; }

  IMSEARCH_INLINE static Sum load_sum(const std::int32_t* from) {
    return load_256(from);
  }
  IMSEARCH_INLINE static Input load_input(const std::uint8_t* from) {
    int bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return Products::of_unsigned(_mm256_set1_epi32(bytes));
  }
  IMSEARCH_INLINE static Weights load_weights(const std::int8_t* from) {
    return Products::of_signed(load_256(from));
  }

  IMSEARCH_INLINE static Floats no_floats() { return _mm256_setzero_ps(); }
  IMSEARCH_INLINE static Floats add(Floats a, Floats b) {
    return _mm256_add_ps(a, b);
  }
  /// Of NaN and a number, the instruction gives its second operand.
  IMSEARCH_INLINE static Floats larger(Floats values, Floats most) {
    return _mm256_max_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0F), values), most);
  }
  IMSEARCH_INLINE static float largest_lane(Floats values) {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(values),
                                   _mm256_extractf128_ps(values, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
  }

  // Output channels are a multiple of 8: all lanes, or none.
  using Mask = bool;
  IMSEARCH_INLINE static Mask mask(std::size_t count) { return count > 0; }
  IMSEARCH_INLINE static Floats first(Floats values, Mask mask) {
    return mask ? values : no_floats();
  }
  IMSEARCH_INLINE static Floats load_some(const float* from, Mask mask) {
    return mask ? _mm256_loadu_ps(from) : no_floats();
  }
  IMSEARCH_INLINE static void store_floats(float* to, Floats values,
                                           Mask mask) {
    if (mask) _mm256_storeu_ps(to, values);
  }

  using ByteMask = std::size_t;
  IMSEARCH_INLINE static ByteMask byte_mask(std::size_t count) { return count; }
  template <std::size_t N>
  IMSEARCH_INLINE static void store_bytes(std::uint8_t* to,
                                          const Floats (&values)[N],
                                          ByteMask count) {
    static_assert(N == 2);
    const __m128i bytes =
        bytes_of(_mm256_cvtps_epi32(values[0]), _mm256_cvtps_epi32(values[1]));
    if (count == 16)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    else
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
  }
};

template <typename Products>
struct Avx2Depthwise : Avx2Vector<Products> {
  using Sum = __m256i;
  using Floats = __m256;
  using Bytes = __m256i;
  using Quads = typename Products::Unsigned;
  using Taps = typename Products::Signed;

  IMSEARCH_INLINE static Sum zero() { return _mm256_setzero_si256(); }
  IMSEARCH_INLINE static Taps load_taps(const std::int8_t* from) {
    return Products::of_signed(load_256(from));
  }
  /// `count`: 16, or 32 and more.
  IMSEARCH_INLINE static Bytes load_bytes(const std::uint8_t* from,
                                          std::size_t count) {
    if (from == nullptr) return zero();
    if (count >= 32) return load_256(from);
    return _mm256_zextsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  IMSEARCH_INLINE static void interleave(Bytes first, Bytes second, Bytes third,
                                         Quads (&quads)[4]) {
    const __m256i low = _mm256_unpacklo_epi8(first, second);
    const __m256i high = _mm256_unpackhi_epi8(first, second);
    const __m256i third_low = _mm256_unpacklo_epi8(third, zero());
    const __m256i third_high = _mm256_unpackhi_epi8(third, zero());
    quads[0] = Products::of_unsigned(_mm256_unpacklo_epi16(low, third_low));
    quads[1] = Products::of_unsigned(_mm256_unpackhi_epi16(low, third_low));
    quads[2] = Products::of_unsigned(_mm256_unpacklo_epi16(high, third_high));
    quads[3] = Products::of_unsigned(_mm256_unpackhi_epi16(high, third_high));
  }
  IMSEARCH_INLINE static void store_interleaved(std::uint8_t* to,
                                                const Floats (&values)[4],
                                                std::size_t count) {
    const __m256i bytes =
        _mm256_packus_epi16(_mm256_packs_epi32(_mm256_cvtps_epi32(values[0]),
                                               _mm256_cvtps_epi32(values[1])),
                            _mm256_packs_epi32(_mm256_cvtps_epi32(values[2]),
                                               _mm256_cvtps_epi32(values[3])));
    if (count >= 32)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    else
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                       _mm256_castsi256_si128(bytes));
  }
};

}  // namespace imsearch::simd
