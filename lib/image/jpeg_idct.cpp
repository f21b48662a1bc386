// A vector holds 8 values of a row. The first pass mixes rows, so that each of
// its lanes transforms a column; after an exchange of rows and columns the same
// pass transforms rows.
#include "image/jpeg_idct.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace imsearch {
namespace {

constexpr std::size_t kSide = 8;
// Of the values before they become pixels: 2 that multipliers have more, and 3
// for the transform's factor of 8.
constexpr int kPointBits = 5;
constexpr int kMidLevel = 128;

}  // namespace

FastMultipliers fast_multipliers(
    const std::array<std::uint16_t, kBlockSize>& steps) {
  // Scale factors have 14 bits behind the point, and multipliers 2.
  constexpr int kFactorBits = 14;
  constexpr int kDroppedBits = kFactorBits - 2;
  const double pi = std::acos(-1.0);
  const auto scale = [pi](std::size_t i) {
    return i == 0 ? 1.0
                  : std::cos(static_cast<double>(i) * pi / 16) * std::sqrt(2.0);
  };
  FastMultipliers multipliers;
  for (std::size_t i = 0; i < kBlockSize; ++i) {
    const auto factor = static_cast<std::int64_t>(
        std::lround(scale(i / kSide) * scale(i % kSide) * (1 << kFactorBits)));
    multipliers.values[i] = static_cast<std::int16_t>(
        (steps[i] * factor + (1 << (kDroppedBits - 1))) >> kDroppedBits);
  }
  return multipliers;
}

void fast_idct_of_one(std::int16_t first, const FastMultipliers& multipliers,
                      std::uint8_t* out, std::size_t row_bytes) {
  const auto value = static_cast<std::int16_t>(first * multipliers.values[0]);
  const int level = std::clamp((value >> kPointBits) + kMidLevel, 0, 255);
  for (std::size_t y = 0; y < kSide; ++y)
    std::memset(out + y * row_bytes, level, kSide);
}

#ifdef __SSE2__
namespace {

struct Rows {
  __m128i row[kSide];
  __m128i& operator[](std::size_t i) { return row[i]; }
  const __m128i& operator[](std::size_t i) const { return row[i]; }
};

__m128i sum(__m128i a, __m128i b) {
  return _mm_add_epi16(a, b);
}
__m128i difference(__m128i a, __m128i b) {
  return _mm_sub_epi16(a, b);
}
/// Rounded down. The factor must lie between -2 and 2.
template <typename Factor>
__m128i product(__m128i a, Factor factor) {
  // Factors have 8 bits behind the point; of 32 bits the upper 16 stay.
  constexpr int kShift = 2;
  constexpr double kFixed = 1 << 8;
  constexpr int kRest = 16 - 8 - kShift;
  const auto fixed = static_cast<std::int16_t>(
      static_cast<int>(factor * kFixed + (factor < 0 ? -0.5 : 0.5)) *
      (1 << kRest));
  return _mm_mulhi_epi16(_mm_slli_epi16(a, kShift), _mm_set1_epi16(fixed));
}

// Both are used twice, and must be inlined to keep rows in registers.
[[gnu::always_inline]] inline Rows transformed(const Rows& in) {
  const __m128i even = sum(in[0], in[4]);
  const __m128i odd = difference(in[0], in[4]);
  const __m128i both = sum(in[2], in[6]);
  const __m128i turned =
      difference(product(difference(in[2], in[6]), 1.414213562), both);
  const __m128i top[] = {sum(even, both), sum(odd, turned),
                         difference(odd, turned), difference(even, both)};

  const __m128i z13 = sum(in[5], in[3]);
  const __m128i z10 = difference(in[5], in[3]);
  const __m128i z11 = sum(in[1], in[7]);
  const __m128i z12 = difference(in[1], in[7]);
  const __m128i z5 = product(sum(z10, z12), 1.847759065);
  // -2.613125930 would not fit.
  const __m128i low = sum(difference(product(z10, -1.613125930), z10), z5);
  const __m128i high = difference(product(z12, 1.082392200), z5);
  const __m128i part7 = sum(z11, z13);
  const __m128i part6 = difference(low, part7);
  const __m128i part5 =
      difference(product(difference(z11, z13), 1.414213562), part6);
  const __m128i part4 = sum(high, part5);
  return {{sum(top[0], part7), sum(top[1], part6), sum(top[2], part5),
           difference(top[3], part4), sum(top[3], part4),
           difference(top[2], part5), difference(top[1], part6),
           difference(top[0], part7)}};
}

/// Rows become columns.
[[gnu::always_inline]] inline Rows exchanged(const Rows& in) {
  Rows pairs;
  for (std::size_t i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm_unpacklo_epi16(in[i], in[i + 4]);
    pairs[2 * i + 1] = _mm_unpackhi_epi16(in[i], in[i + 4]);
  }
  Rows fours;
  for (std::size_t i = 0; i < 4; ++i) {
    fours[2 * i] = _mm_unpacklo_epi16(pairs[i], pairs[i + 4]);
    fours[2 * i + 1] = _mm_unpackhi_epi16(pairs[i], pairs[i + 4]);
  }
  Rows out;
  for (std::size_t i = 0; i < 4; ++i) {
    out[2 * i] = _mm_unpacklo_epi16(fours[i], fours[i + 4]);
    out[2 * i + 1] = _mm_unpackhi_epi16(fours[i], fours[i + 4]);
  }
  return out;
}

}  // namespace

void fast_idct(const std::int16_t* block, const FastMultipliers& multipliers,
               std::uint8_t* out, std::size_t row_bytes) {
  Rows rows;
  for (std::size_t i = 0; i < kSide; ++i) {
    const auto load = [i](const std::int16_t* values) {
      return _mm_load_si128(
          reinterpret_cast<const __m128i*>(values + i * kSide));
    };
    rows[i] = _mm_mullo_epi16(load(block), load(multipliers.values.data()));
  }
  rows = exchanged(transformed(exchanged(transformed(rows))));
  const __m128i middle = _mm_set1_epi8(static_cast<char>(kMidLevel));
  for (std::size_t i = 0; i < kSide; i += 2) {
    const __m128i two =
        _mm_xor_si128(_mm_packs_epi16(_mm_srai_epi16(rows[i], kPointBits),
                                      _mm_srai_epi16(rows[i + 1], kPointBits)),
                      middle);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i * row_bytes), two);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + (i + 1) * row_bytes),
                     _mm_unpackhi_epi64(two, two));
  }
}
#else
void fast_idct(const std::int16_t*, const FastMultipliers&, std::uint8_t*,
               std::size_t) {}
#endif

}  // namespace imsearch
