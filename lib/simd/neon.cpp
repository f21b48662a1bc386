// The table for 64-bit ARM: the float32 arithmetic. All of these CPUs have the
// vectors of 128 bits and the fused multiply-add that it needs. A sum's 16
// lanes are four vectors. As in avx2.cpp, only intrinsics and our own headers.
//
// Its bits are checked under an emulator (scripts/check/arm64.sh); its speed
// was never measured on such a CPU.
#include "simd/depthwise_rows.h"
#include "simd/tables.h"

#include <arm_neon.h>

namespace imsearch::simd {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kParts = 4;  // vectors for that many lanes

/// The 16 lanes of a sum: vector p has lanes 4 p to 4 p + 3.
struct Lanes {
  float32x4_t part[kParts];
};

Lanes zeros() {
  const float32x4_t zero = vdupq_n_f32(0);
  return {{zero, zero, zero, zero}};
}

Lanes load(const float* from) {
  return {{vld1q_f32(from), vld1q_f32(from + 4), vld1q_f32(from + 8),
           vld1q_f32(from + 12)}};
}

void add_products(Lanes& sum, const Lanes& a, const Lanes& b) {
  for (std::size_t p = 0; p < kParts; ++p)
    sum.part[p] = vfmaq_f32(sum.part[p], a.part[p], b.part[p]);
}

/// Lanes added at distance 8, 4, 2, 1.
float sum_lanes(const Lanes& lanes) {
  const float32x4_t by4 = vaddq_f32(vaddq_f32(lanes.part[0], lanes.part[2]),
                                    vaddq_f32(lanes.part[1], lanes.part[3]));
  const float32x2_t by2 = vadd_f32(vget_low_f32(by4), vget_high_f32(by4));
  return vget_lane_f32(by2, 0) + vget_lane_f32(by2, 1);
}

/// A sum's lanes in memory, where a tail of fewer than 16 values is added.
struct Stored {
  explicit Stored(const Lanes& sum) {
    for (std::size_t p = 0; p < kParts; ++p)
      vst1q_f32(lane + 4 * p, sum.part[p]);
  }
  void add(std::size_t j, float a, float b) {
    lane[j] = __builtin_fmaf(a, b, lane[j]);
  }
  float sum() const { return sum_lanes(load(lane)); }

  float lane[kLanes];
};

float with_tail(const Lanes& sum, const float* a, const float* b,
                std::size_t count) {
  if (count == 0) return sum_lanes(sum);
  Stored lanes(sum);
  for (std::size_t j = 0; j < count; ++j) lanes.add(j, a[j], b[j]);
  return lanes.sum();
}

/// Dots of Q queries and R rows, all sums in registers.
template <std::size_t Q, std::size_t R>
void tile(const float* queries, const float* x, std::size_t n, float* out,
          std::size_t out_stride) {
  Lanes sums[Q][R];
  for (std::size_t q = 0; q < Q; ++q)
    for (std::size_t r = 0; r < R; ++r) sums[q][r] = zeros();
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Lanes rows[R];
    for (std::size_t r = 0; r < R; ++r) rows[r] = load(x + r * n + i);
    for (std::size_t q = 0; q < Q; ++q) {
      const Lanes query = load(queries + q * n + i);
      for (std::size_t r = 0; r < R; ++r)
        add_products(sums[q][r], query, rows[r]);
    }
  }
  for (std::size_t q = 0; q < Q; ++q)
    for (std::size_t r = 0; r < R; ++r)
      out[q * out_stride + r] =
          with_tail(sums[q][r], queries + q * n + i, x + r * n + i, n - i);
}

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

/// Dots of two pairs: their eight sums do not wait for each other.
void two_pairs(const float* const* a, const float* const* b, std::size_t n,
               float* out) {
  Lanes sums[2] = {zeros(), zeros()};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t p = 0; p < 2; ++p)
      add_products(sums[p], load(a[p] + i), load(b[p] + i));
  for (std::size_t p = 0; p < 2; ++p)
    out[p] = with_tail(sums[p], a[p] + i, b[p] + i, n - i);
}

void dot_pairs(const float* const* a, const float* const* b, std::size_t count,
               std::size_t n, float* out) {
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) two_pairs(a + i, b + i, n, out + i);
  if (i < count) out[i] = dot(a[i], b[i], n);
}

void divide(const float* in, float divisor, float* out, std::size_t n) {
  const float32x4_t by = vdupq_n_f32(divisor);
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4)
    vst1q_f32(out + i, vdivq_f32(vld1q_f32(in + i), by));
  for (; i < n; ++i) out[i] = in[i] / divisor;
}

/// 16 codes as floats.
Lanes coded(const std::int8_t* code) {
  const int8x16_t bytes = vld1q_s8(code);
  const int16x8_t low = vmovl_s8(vget_low_s8(bytes));
  const int16x8_t high = vmovl_s8(vget_high_s8(bytes));
  return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))),
           vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))),
           vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))),
           vcvtq_f32_s32(vmovl_s16(vget_high_s16(high)))}};
}

/// Adds the squares of what values and their codes differ by.
void add_coded_squares(Lanes& sum, const Lanes& values, const std::int8_t* code,
                       float32x4_t scale) {
  const Lanes codes = coded(code);
  for (std::size_t p = 0; p < kParts; ++p) {
    const float32x4_t difference =
        vfmsq_f32(values.part[p], scale, codes.part[p]);
    sum.part[p] = vfmaq_f32(sum.part[p], difference, difference);
  }
}

float difference_of(float value, std::int8_t code, float scale) {
  return __builtin_fmaf(-scale, static_cast<float>(code), value);
}

float l2sq_code(const float* a, const std::int8_t* code, float scale,
                std::size_t n) {
  const float32x4_t scales = vdupq_n_f32(scale);
  Lanes sum = zeros();
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    add_coded_squares(sum, load(a + i), code + i, scales);
  Stored lanes(sum);
  for (std::size_t j = 0; i + j < n; ++j) {
    const float difference = difference_of(a[i + j], code[i + j], scale);
    lanes.add(j, difference, difference);
  }
  return lanes.sum();
}

UnitSums unit_sums(const float* row, float length, const float* query,
                   const std::int8_t* code, float scale, std::size_t n) {
  const float32x4_t lengths = vdupq_n_f32(length);
  const float32x4_t scales = vdupq_n_f32(scale);
  Lanes square = zeros();
  Lanes dot = square;
  Lanes l2sq = square;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Lanes unit = load(row + i);
    for (float32x4_t& part : unit.part) part = vdivq_f32(part, lengths);
    add_products(square, unit, unit);
    add_products(dot, unit, load(query + i));
    add_coded_squares(l2sq, unit, code + i, scales);
  }
  Stored squares(square);
  Stored dots(dot);
  Stored l2sqs(l2sq);
  for (std::size_t j = 0; i + j < n; ++j) {
    const float unit = row[i + j] / length;
    const float difference = difference_of(unit, code[i + j], scale);
    squares.add(j, unit, unit);
    dots.add(j, unit, query[i + j]);
    l2sqs.add(j, difference, difference);
  }
  return {squares.sum(), dots.sum(), l2sqs.sum()};
}

/// Of the 32 registers, nine hold taps.
constexpr std::size_t kOutputsAtOnce = 8;

struct Floats {
  static constexpr std::size_t kLanes = 4;
  float32x4_t lanes;

  static Floats load(const float* from) { return {vld1q_f32(from)}; }
  static Floats fma(Floats a, Floats b, Floats c) {
    return {vfmaq_f32(c.lanes, a.lanes, b.lanes)};
  }
  /// The forms of max and min that give 0 for NaN, as on x86.
  static void store_clipped(float* to, Floats value) {
    const float32x4_t least = vmaxnmq_f32(value.lanes, vdupq_n_f32(0));
    vst1q_f32(to, vminnmq_f32(least, vdupq_n_f32(6)));
  }
};

void neon_depthwise_row(const DepthwiseRow& row) {
  depthwise_row<Floats, kOutputsAtOnce>(row);
}

}  // namespace

const Kernels kNeon = {"neon",
                       dot,
                       dot_pairs,
                       dot_block,
                       divide,
                       neon_dot_i8,
                       neon_dot_i8_block,
                       neon_l2sq_i8,
                       neon_l2sq_i8_rows,
                       l2sq_code,
                       unit_sums,
                       neon_depthwise_row,
                       &kNeonInt8};

const Kernels kNeonDotprod = {"neon-dotprod",
                              dot,
                              dot_pairs,
                              dot_block,
                              divide,
                              dotprod_dot_i8,
                              dotprod_dot_i8_block,
                              dotprod_l2sq_i8,
                              dotprod_l2sq_i8_rows,
                              l2sq_code,
                              unit_sums,
                              neon_depthwise_row,
                              &kNeonDotprodInt8};

}  // namespace imsearch::simd
