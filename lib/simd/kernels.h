// The arithmetic of searching: one table of functions per kind of CPU.
//
// active() is chosen at first use: the best table that this CPU supports, or
// the one that the environment variable IMSEARCH_SIMD names (scalar; avx2,
// avx-vnni, avx512 on x86-64; neon, neon-dotprod on 64-bit ARM). Callers fetch
// it once, outside their loops.
//
// Every float32 result is the same bits in every table. A dot product is summed
// in 16 lanes: lane j takes the products i = j (mod 16) in rising order, each
// by one fused multiply-add starting from 0; a tail shorter than 16 goes to its
// lanes the same way; then lanes are added pairwise at distance 8, 4, 2, 1.
// Integer results are exact.
//
// Pointers need no alignment; n may be 0; nothing past n is read. Thread-safe.
#pragma once

#include "simd/depthwise.h"
#include "simd/int8_layers.h"

#include <cstddef>
#include <cstdint>

namespace imsearch::simd {

/// What the unit vector u[i] = row[i] / length, each correctly rounded, is
/// compared by, in one pass over it: the bits of the kernels of these names.
struct UnitSums {
  float square;     // dot(u, u)
  float dot;        // dot(u, query)
  float l2sq_code;  // l2sq_code(u, code, scale)
};

struct Kernels {
  const char* name;  // as IMSEARCH_SIMD has it

  /// Sum of a[i] * b[i], in the order above.
  float (*dot)(const float* a, const float* b, std::size_t n);

  /// out[i] = dot(a[i], b[i], n), bit for bit, several at once: a single one
  /// waits for each of its additions.
  void (*dot_pairs)(const float* const* a, const float* const* b,
                    std::size_t count, std::size_t n, float* out);

  /// out[q * rows + r] = dot(queries + q * n, x + r * n, n) for all pairs,
  /// bit for bit, but each loaded value serves several pairs.
  void (*dot_block)(const float* queries, std::size_t query_count,
                    const float* x, std::size_t rows, std::size_t n,
                    float* out);

  /// out[i] = in[i] / divisor, correctly rounded. in == out is allowed.
  void (*divide)(const float* in, float divisor, float* out, std::size_t n);

  /// Sum of a[i] * b[i]; n <= 2^16. Values -128..127.
  std::int32_t (*dot_i8)(const std::int8_t* a, const std::int8_t* b,
                         std::size_t n);

  /// out[r] = dot_i8(a, rows + r * n, n), faster than one by one. n: a multiple
  /// of 64, <= 2^16.
  void (*dot_i8_block)(const std::int8_t* a, const std::int8_t* rows,
                       std::size_t n, std::size_t count, std::int32_t* out);

  /// Sum of (a[i] - b[i])^2; n: a multiple of 64, <= 2^15, or <= 2^16 of
  /// values -90..90: the sum fits.
  std::int32_t (*l2sq_i8)(const std::int8_t* a, const std::int8_t* b,
                          std::size_t n);

  /// out[i] = l2sq_i8(query, code, n) for the code of rows[i], or a part of it:
  /// the n values at codes + rows[i] * stride. n as above. The codes of rows
  /// further on in the list are on their way meanwhile.
  void (*l2sq_i8_rows)(const std::int8_t* query, const std::int8_t* codes,
                       std::size_t n, std::size_t stride,
                       const std::uint32_t* rows, std::size_t count,
                       std::int32_t* out);

  /// Sum of (a[i] - scale * code[i])^2, in the order of dot, each difference by
  /// one fused multiply-add as well.
  float (*l2sq_code)(const float* a, const std::int8_t* code, float scale,
                     std::size_t n);

  /// The sums of a row of that length. While a CPU divides, it has time for all
  /// of them.
  UnitSums (*unit_sums)(const float* row, float length, const float* query,
                        const std::int8_t* code, float scale, std::size_t n);

  /// A row of a depthwise convolution (depthwise.h).
  void (*depthwise_row)(const DepthwiseRow& row);

  /// Layers of a network in 8-bit integers (int8_layers.h).
  const Int8Layers* int8;
};

/// The table in use. Throws Error at first use if IMSEARCH_SIMD names a table
/// that is unknown or that this CPU does not support.
const Kernels& active();

/// The tables that this CPU supports, best first, ended by nullptr.
const Kernels* const* supported();

}  // namespace imsearch::simd
