// The dense int8 layer over NEON's vectors. Products differs between plain NEON
// and the dot product instructions: dot(sum, a, b) adds the products of four
// signed bytes each to a lane. Inputs are made signed by taking 128 less.
#pragma once

#include "simd/int8_dense_tiles.h"

#include <arm_neon.h>

namespace imsearch::simd {

template <typename Products>
struct NeonDense {
  static constexpr std::size_t kLanes = 4;
  static constexpr std::size_t kBlocks = 1;
  static constexpr bool kSigned = true;
  using Sum = int32x4_t;
  using Input = int8x16_t;
  using Weights = int8x16_t;
  using Floats = float32x4_t;
  static constexpr std::size_t pixels(std::size_t) { return 6; }

  IMSEARCH_INLINE static Sum load_sum(const std::int32_t* from) {
    return vld1q_s32(from);
  }
  IMSEARCH_INLINE static Input load_input(const std::uint8_t* from) {
    std::uint32_t bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return vreinterpretq_s8_u32(vdupq_n_u32(bytes ^ 0x80808080U));
  }
  IMSEARCH_INLINE static Weights load_weights(const std::int8_t* from) {
    return vld1q_s8(from);
  }
  IMSEARCH_INLINE static Sum dot(Sum sum, Input input, Weights weights) {
    return Products::dot(sum, input, weights);
  }

  IMSEARCH_INLINE static Floats load_floats(const float* from) {
    return vld1q_f32(from);
  }
  IMSEARCH_INLINE static Floats to_floats(Sum sum, Floats scale, Floats bias) {
    return vfmaq_f32(bias, vcvtq_f32_s32(sum), scale);
  }
  IMSEARCH_INLINE static Floats no_floats() { return vdupq_n_f32(0); }
  IMSEARCH_INLINE static Floats add(Floats a, Floats b) {
    return vaddq_f32(a, b);
  }
  /// Of NaN and a number, the number.
  IMSEARCH_INLINE static Floats larger(Floats values, Floats most) {
    return vmaxnmq_f32(vabsq_f32(values), most);
  }
  IMSEARCH_INLINE static float largest_lane(Floats values) {
    return vmaxnmvq_f32(values);
  }

  // Output channels are a multiple of 8: all lanes, or none.
  using Mask = bool;
  IMSEARCH_INLINE static Mask mask(std::size_t count) { return count > 0; }
  IMSEARCH_INLINE static Floats first(Floats values, Mask mask) {
    return mask ? values : no_floats();
  }
  IMSEARCH_INLINE static Floats load_some(const float* from, Mask mask) {
    return mask ? vld1q_f32(from) : no_floats();
  }
  IMSEARCH_INLINE static void store_floats(float* to, Floats values,
                                           Mask mask) {
    if (mask) vst1q_f32(to, values);
  }

  using ByteMask = std::size_t;
  IMSEARCH_INLINE static ByteMask byte_mask(std::size_t count) { return count; }
  template <std::size_t N>
  IMSEARCH_INLINE static void store_bytes(std::uint8_t* to,
                                          const Floats (&values)[N],
                                          ByteMask count) {
    static_assert(N == 4);
    vst1_u8(to, bytes_of(values[0], values[1]));
    if (count == 16) vst1_u8(to + 8, bytes_of(values[2], values[3]));
  }

  IMSEARCH_INLINE static uint8x8_t bytes_of(Floats a, Floats b) {
    return vqmovun_s16(vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(a)),
                                    vqmovn_s32(vcvtnq_s32_f32(b))));
  }
};

}  // namespace imsearch::simd
