// AVX-512 for CPUs without it: the intrinsics that lib/simd/avx512.cpp uses,
// lane by lane as Intel's Intrinsics Guide defines them, so that the kernels'
// logic is tested on every machine. Speed is not a concern. It stands in front
// of the compiler's header on the include path of one test target.
#pragma once

// include_next is an extension of GCC and clang.
#pragma GCC system_header
#include_next <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace emulated {

template <typename T, int N>
struct Vector {
  T lane[N];
};
using Floats = Vector<float, 16>;
using Words = Vector<std::int32_t, 16>;

template <typename To, typename From>
To bits(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

inline bool on(std::uint64_t mask, int i) {
  return (mask >> i & 1) != 0;
}

inline Floats set1_ps(float value) {
  Floats out;
  for (float& lane : out.lane) lane = value;
  return out;
}
inline Floats setzero_ps() {
  return set1_ps(0);
}
inline Floats maskz_loadu_ps(std::uint16_t mask, const void* from) {
  Floats out = setzero_ps();
  for (int i = 0; i < 16; ++i)
    if (on(mask, i)) out.lane[i] = static_cast<const float*>(from)[i];
  return out;
}
inline Floats loadu_ps(const void* from) {
  return maskz_loadu_ps(0xFFFF, from);
}
inline void mask_storeu_ps(void* to, std::uint16_t mask, Floats a) {
  for (int i = 0; i < 16; ++i)
    if (on(mask, i)) static_cast<float*>(to)[i] = a.lane[i];
}
inline void storeu_ps(void* to, Floats a) {
  mask_storeu_ps(to, 0xFFFF, a);
}
inline Floats mask3_fmadd_ps(Floats a, Floats b, Floats c, std::uint16_t mask) {
  for (int i = 0; i < 16; ++i)
    if (on(mask, i)) c.lane[i] = std::fma(a.lane[i], b.lane[i], c.lane[i]);
  return c;
}
inline Floats fmadd_ps(Floats a, Floats b, Floats c) {
  return mask3_fmadd_ps(a, b, c, 0xFFFF);
}
inline Floats fnmadd_ps(Floats a, Floats b, Floats c) {
  for (int i = 0; i < 16; ++i)
    c.lane[i] = std::fma(-a.lane[i], b.lane[i], c.lane[i]);
  return c;
}
inline Floats add_ps(Floats a, Floats b) {
  for (int i = 0; i < 16; ++i) a.lane[i] += b.lane[i];
  return a;
}
inline Floats max_ps(Floats a, Floats b) {
  for (int i = 0; i < 16; ++i)
    if (!(a.lane[i] > b.lane[i])) a.lane[i] = b.lane[i];
  return a;
}
inline Floats min_ps(Floats a, Floats b) {
  for (int i = 0; i < 16; ++i)
    if (!(a.lane[i] < b.lane[i])) a.lane[i] = b.lane[i];
  return a;
}
inline Floats maskz_div_ps(std::uint16_t mask, Floats a, Floats b) {
  Floats out = setzero_ps();
  for (int i = 0; i < 16; ++i)
    if (on(mask, i)) out.lane[i] = a.lane[i] / b.lane[i];
  return out;
}
inline Floats div_ps(Floats a, Floats b) {
  return maskz_div_ps(0xFFFF, a, b);
}
inline __m256 extractf32x8_ps(Floats a, int half) {
  return _mm256_loadu_ps(a.lane + 8 * half);
}
inline __m256 castps512_ps256(Floats a) {
  return extractf32x8_ps(a, 0);
}

inline Words setzero_si512() {
  return Words{};
}
inline __m256i extracti64x4_epi64(Words a, int half) {
  return _mm256_loadu_si256(
      reinterpret_cast<const __m256i*>(a.lane + 8 * half));
}
inline __m256i castsi512_si256(Words a) {
  return extracti64x4_epi64(a, 0);
}
inline Words cvtepi8_epi16(__m256i bytes) {
  const auto from = bits<Vector<std::int8_t, 32>>(bytes);
  Vector<std::int16_t, 32> to;
  for (int i = 0; i < 32; ++i) to.lane[i] = from.lane[i];
  return bits<Words>(to);
}

inline Words cvtepi8_epi32(__m128i bytes) {
  const auto from = bits<Vector<std::int8_t, 16>>(bytes);
  Words to;
  for (int i = 0; i < 16; ++i) to.lane[i] = from.lane[i];
  return to;
}
inline Floats cvtepi32_ps(Words a) {
  Floats to;
  for (int i = 0; i < 16; ++i) to.lane[i] = static_cast<float>(a.lane[i]);
  return to;
}

inline Words set1_epi8(std::int8_t value) {
  Vector<std::int8_t, 64> out;
  for (std::int8_t& lane : out.lane) lane = value;
  return bits<Words>(out);
}
inline Words maskz_loadu_epi8(std::uint64_t mask, const void* from) {
  Vector<std::int8_t, 64> out = {};
  for (int i = 0; i < 64; ++i)
    if (on(mask, i)) out.lane[i] = static_cast<const std::int8_t*>(from)[i];
  return bits<Words>(out);
}
inline Words loadu_si512(const void* from) {
  return maskz_loadu_epi8(~std::uint64_t{0}, from);
}
inline Words xor_si512(Words a, Words b) {
  for (int i = 0; i < 16; ++i) a.lane[i] ^= b.lane[i];
  return a;
}
inline Words sub_epi32(Words a, Words b) {
  for (int i = 0; i < 16; ++i) a.lane[i] -= b.lane[i];
  return a;
}
inline Words sub_epi16(Words a, Words b) {
  auto left = bits<Vector<std::int16_t, 32>>(a);
  const auto right = bits<Vector<std::int16_t, 32>>(b);
  for (int i = 0; i < 32; ++i)
    left.lane[i] = static_cast<std::int16_t>(left.lane[i] - right.lane[i]);
  return bits<Words>(left);
}
inline Words dpwssd_epi32(Words sum, Words a, Words b) {
  const auto left = bits<Vector<std::int16_t, 32>>(a);
  const auto right = bits<Vector<std::int16_t, 32>>(b);
  for (int i = 0; i < 32; ++i) sum.lane[i / 2] += left.lane[i] * right.lane[i];
  return sum;
}

inline Words dpbusd_epi32(Words sum, Words a, Words b) {
  const auto left = bits<Vector<std::uint8_t, 64>>(a);
  const auto right = bits<Vector<std::int8_t, 64>>(b);
  for (int i = 0; i < 64; ++i) sum.lane[i / 4] += left.lane[i] * right.lane[i];
  return sum;
}

// A vector of 64 bytes, or of 32 words, as seen by what works within 16 bytes.
using Bytes = Vector<std::uint8_t, 64>;
using Shorts = Vector<std::int16_t, 32>;

template <typename T>
T saturated(std::int32_t value) {
  const std::int32_t least = std::numeric_limits<T>::min();
  const std::int32_t most = std::numeric_limits<T>::max();
  return static_cast<T>(value < least ? least : value > most ? most : value);
}
inline Words packs_epi32(Words a, Words b) {
  Shorts out;
  for (int i = 0; i < 32; ++i)
    out.lane[i] =
        saturated<std::int16_t>((i % 8 < 4 ? a : b).lane[i / 8 * 4 + i % 4]);
  return bits<Words>(out);
}
inline Words packus_epi16(Words a, Words b) {
  const auto low = bits<Shorts>(a);
  const auto high = bits<Shorts>(b);
  Bytes out;
  for (int i = 0; i < 64; ++i)
    out.lane[i] = saturated<std::uint8_t>(
        (i % 16 < 8 ? low : high).lane[i / 16 * 8 + i % 8]);
  return bits<Words>(out);
}
/// Elements of T of the lower or the upper half of each 16 bytes, in turn.
template <typename T, int kHalf>
Words unpack(Words a, Words b) {
  constexpr int kCount = 64 / sizeof(T);
  constexpr int kLane = 16 / sizeof(T);
  const auto left = bits<Vector<T, kCount>>(a);
  const auto right = bits<Vector<T, kCount>>(b);
  Vector<T, kCount> out;
  for (int i = 0; i < kCount; ++i)
    out.lane[i] =
        (i % 2 == 0 ? left : right)
            .lane[i / kLane * kLane + kHalf * kLane / 2 + i % kLane / 2];
  return bits<Words>(out);
}
inline Words permutexvar_epi32(Words order, Words a) {
  Words out;
  for (int i = 0; i < 16; ++i) out.lane[i] = a.lane[order.lane[i] & 15];
  return out;
}
template <typename... Lanes>
Words setr_epi32(Lanes... lanes) {
  return Words{{lanes...}};
}
inline Words set1_epi32(std::int32_t value) {
  Words out;
  for (std::int32_t& lane : out.lane) lane = value;
  return out;
}
inline void mask_storeu_epi8(void* to, std::uint64_t mask, Words a) {
  const auto from = bits<Bytes>(a);
  for (int i = 0; i < 64; ++i)
    if (on(mask, i)) static_cast<std::uint8_t*>(to)[i] = from.lane[i];
}
inline void mask_cvtepi32_storeu_epi8(void* to, std::uint16_t mask, Words a) {
  for (int i = 0; i < 16; ++i)
    if (on(mask, i))
      static_cast<std::uint8_t*>(to)[i] = static_cast<std::uint8_t>(a.lane[i]);
}
/// To nearest, ties to even; 0x80000000 where it does not fit.
inline Words cvtps_epi32(Floats a) {
  Words out;
  for (int i = 0; i < 16; ++i)
    out.lane[i] = std::fabs(a.lane[i]) < 0x1p31F
                      ? static_cast<std::int32_t>(std::nearbyint(a.lane[i]))
                      : std::numeric_limits<std::int32_t>::min();
  return out;
}
inline Floats abs_ps(Floats a) {
  for (float& lane : a.lane) lane = std::fabs(lane);
  return a;
}
inline Floats maskz_mov_ps(std::uint16_t mask, Floats a) {
  for (int i = 0; i < 16; ++i)
    if (!on(mask, i)) a.lane[i] = 0;
  return a;
}
inline float reduce_max_ps(Floats a) {
  float most = a.lane[0];
  for (const float lane : a.lane)
    if (lane > most) most = lane;
  return most;
}

inline __m256i dpbusd_256(__m256i sum, __m256i a, __m256i b) {
  Words sums = {};
  Words bytes = {};
  Words weights = {};
  std::memcpy(&sums, &sum, sizeof sum);
  std::memcpy(&bytes, &a, sizeof a);
  std::memcpy(&weights, &b, sizeof b);
  return castsi512_si256(dpbusd_epi32(sums, bytes, weights));
}

}  // namespace emulated

#define _mm256_dpbusd_epi32 emulated::dpbusd_256
#define __m512 emulated::Floats
#define __m512i emulated::Words
#define _mm512_abs_ps emulated::abs_ps
#define _mm512_add_ps emulated::add_ps
#define _mm512_castps512_ps256 emulated::castps512_ps256
#define _mm512_castsi512_si256 emulated::castsi512_si256
#define _mm512_cvtepi32_ps emulated::cvtepi32_ps
#define _mm512_cvtepi8_epi16 emulated::cvtepi8_epi16
#define _mm512_cvtepi8_epi32 emulated::cvtepi8_epi32
#define _mm512_cvtps_epi32 emulated::cvtps_epi32
#define _mm512_div_ps emulated::div_ps
#define _mm512_dpbusd_epi32 emulated::dpbusd_epi32
#define _mm512_dpwssd_epi32 emulated::dpwssd_epi32
#define _mm512_extractf32x8_ps emulated::extractf32x8_ps
#define _mm512_extracti64x4_epi64 emulated::extracti64x4_epi64
#define _mm512_fmadd_ps emulated::fmadd_ps
#define _mm512_fnmadd_ps emulated::fnmadd_ps
#define _mm512_loadu_ps emulated::loadu_ps
#define _mm512_loadu_si512 emulated::loadu_si512
#define _mm512_mask3_fmadd_ps emulated::mask3_fmadd_ps
#define _mm512_mask_cvtepi32_storeu_epi8 emulated::mask_cvtepi32_storeu_epi8
#define _mm512_mask_storeu_epi8 emulated::mask_storeu_epi8
#define _mm512_mask_storeu_ps emulated::mask_storeu_ps
#define _mm512_maskz_div_ps emulated::maskz_div_ps
#define _mm512_maskz_loadu_epi8 emulated::maskz_loadu_epi8
#define _mm512_maskz_loadu_ps emulated::maskz_loadu_ps
#define _mm512_maskz_mov_ps emulated::maskz_mov_ps
#define _mm512_max_ps emulated::max_ps
#define _mm512_min_ps emulated::min_ps
#define _mm512_packs_epi32 emulated::packs_epi32
#define _mm512_packus_epi16 emulated::packus_epi16
#define _mm512_permutexvar_epi32 emulated::permutexvar_epi32
#define _mm512_reduce_max_ps emulated::reduce_max_ps
#define _mm512_set1_epi32 emulated::set1_epi32
#define _mm512_set1_epi8 emulated::set1_epi8
#define _mm512_set1_ps emulated::set1_ps
#define _mm512_setr_epi32 emulated::setr_epi32
#define _mm512_setzero_ps emulated::setzero_ps
#define _mm512_setzero_si512 emulated::setzero_si512
#define _mm512_storeu_ps emulated::storeu_ps
#define _mm512_sub_epi16 emulated::sub_epi16
#define _mm512_sub_epi32 emulated::sub_epi32
#define _mm512_unpackhi_epi16 (emulated::unpack<std::uint16_t, 1>)
#define _mm512_unpackhi_epi8 (emulated::unpack<std::uint8_t, 1>)
#define _mm512_unpacklo_epi16 (emulated::unpack<std::uint16_t, 0>)
#define _mm512_unpacklo_epi8 (emulated::unpack<std::uint8_t, 0>)
#define _mm512_xor_si512 emulated::xor_si512
