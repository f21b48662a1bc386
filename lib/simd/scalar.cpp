// The table for any CPU, and what the others are tested against: the
// definitions in kernels.h, word for word. std::fma rounds once, as the vector
// instructions do; on a CPU without such an instruction it is a slow function,
// and right all the same.
#include "simd/tables.h"

#include <cmath>

namespace imsearch::simd {
namespace {

constexpr std::size_t kLanes = 16;

float dot(const float* a, const float* b, std::size_t n) {
  float lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t j = 0; j < kLanes; ++j)
      lanes[j] = std::fma(a[i + j], b[i + j], lanes[j]);
  for (std::size_t j = 0; i + j < n; ++j)
    lanes[j] = std::fma(a[i + j], b[i + j], lanes[j]);
  for (std::size_t distance = kLanes / 2; distance > 0; distance /= 2)
    for (std::size_t j = 0; j < distance; ++j) lanes[j] += lanes[j + distance];
  return lanes[0];
}

void dot_pairs(const float* const* a, const float* const* b, std::size_t count,
               std::size_t n, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = dot(a[i], b[i], n);
}

void dot_block(const float* queries, std::size_t query_count, const float* x,
               std::size_t rows, std::size_t n, float* out) {
  for (std::size_t q = 0; q < query_count; ++q)
    for (std::size_t r = 0; r < rows; ++r)
      out[q * rows + r] = dot(queries + q * n, x + r * n, n);
}

void divide(const float* in, float divisor, float* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = in[i] / divisor;
}

std::int32_t dot_i8(const std::int8_t* a, const std::int8_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void dot_i8_block(const std::int8_t* a, const std::int8_t* rows, std::size_t n,
                  std::size_t count, std::int32_t* out) {
  for (std::size_t r = 0; r < count; ++r) out[r] = dot_i8(a, rows + r * n, n);
}

std::int32_t l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                     std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

void l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                  std::size_t n, std::size_t stride, const std::uint32_t* rows,
                  std::size_t count, std::int32_t* out) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = l2sq_i8(query, codes + rows[i] * stride, n);
}

/// The lanes added pairwise at distance 8, 4, 2, 1.
float added_up(float (&lanes)[kLanes]) {
  for (std::size_t distance = kLanes / 2; distance > 0; distance /= 2)
    for (std::size_t j = 0; j < distance; ++j) lanes[j] += lanes[j + distance];
  return lanes[0];
}

float l2sq_code(const float* a, const std::int8_t* code, float scale,
                std::size_t n) {
  float lanes[kLanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const float difference =
        std::fma(-scale, static_cast<float>(code[i]), a[i]);
    float& lane = lanes[i % kLanes];
    lane = std::fma(difference, difference, lane);
  }
  return added_up(lanes);
}

UnitSums unit_sums(const float* row, float length, const float* query,
                   const std::int8_t* code, float scale, std::size_t n) {
  float square[kLanes] = {};
  float dot[kLanes] = {};
  float l2sq[kLanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t lane = i % kLanes;
    const float unit = row[i] / length;
    const float difference =
        std::fma(-scale, static_cast<float>(code[i]), unit);
    square[lane] = std::fma(unit, unit, square[lane]);
    dot[lane] = std::fma(unit, query[i], dot[lane]);
    l2sq[lane] = std::fma(difference, difference, l2sq[lane]);
  }
  return {added_up(square), added_up(dot), added_up(l2sq)};
}

}  // namespace

const Kernels kScalar = {"scalar",     dot,       dot_pairs,
                         dot_block,    divide,    dot_i8,
                         dot_i8_block, l2sq_i8,   l2sq_i8_rows,
                         l2sq_code,    unit_sums, scalar_depthwise_row,
                         &kScalarInt8};

}  // namespace imsearch::simd
