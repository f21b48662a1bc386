// Encodes, decodes and certifies 8-bit codes. Files hold what this computes, so
// results must not depend on the CPU or the compiler: sums are taken in 16
// lanes in a fixed order, which compilers turn into vector code without
// reordering.
#include "index/sq8.h"

#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imsearch {
namespace {

/// An upper bound of what rounding takes off the sums here, whose terms are
/// below 1; relative, and absolute for errors near 0.
constexpr float kRoundingOfSums = 1e-5F;
constexpr std::size_t kLanes = 16;  // for the compiler to vectorise

float largest_magnitude(const float* values, std::size_t count) {
  float most[kLanes] = {};
  const auto take = [&](std::size_t lane, std::size_t i) {
    const float magnitude = std::fabs(values[i]);
    most[lane] = magnitude > most[lane] ? magnitude : most[lane];
  };
  const std::size_t whole = count / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, i + lane);
  for (std::size_t i = whole; i < count; ++i) take(i - whole, i);
  return *std::max_element(most, most + kLanes);
}

}  // namespace

float encode_sq8(const float* unit, std::size_t dim, std::int8_t* code) {
  const float largest = largest_magnitude(unit, dim);
  std::fill_n(code, code_stride(dim), std::int8_t{0});
  if (largest == 0) return 0;
  const float factor = 127 / largest;
  for (std::size_t i = 0; i < dim; ++i) {
    const float value = unit[i] * factor;
    code[i] = static_cast<std::int8_t>(value + std::copysign(0.5F, value));
  }
  const std::int32_t square = simd::active().dot_i8(code, code, dim);
  return 1 / std::sqrt(static_cast<float>(square));
}

float sq8_error(const float* unit, std::size_t dim, const std::int8_t* code,
                float scale) {
  // Not simd l2sq_code(): files keep the bits that this order of sums gives.
  float sums[kLanes] = {};
  const auto add = [&](std::size_t lane, std::size_t i) {
    const float difference = unit[i] - scale * static_cast<float>(code[i]);
    sums[lane] += difference * difference;
  };
  const std::size_t whole = dim / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, i + lane);
  for (std::size_t i = whole; i < dim; ++i) add(i - whole, i);
  const float square = std::accumulate(sums, sums + kLanes, 0.0F);
  return std::sqrt(square) * (1 + kRoundingOfSums) + kRoundingOfSums;
}

void decode_sq8(const std::int8_t* code, float scale, std::size_t dim,
                float* unit) {
  if (!std::isfinite(scale)) scale = 0;  // damaged
  for (std::size_t i = 0; i < dim; ++i)
    unit[i] = static_cast<float>(code[i]) * scale;
}

}  // namespace imsearch
