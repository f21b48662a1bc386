// The tables themselves, for dispatch and tests; callers use kernels.h.
#pragma once

#include "simd/kernels.h"

namespace imsearch::simd {

extern const Kernels kScalar;
// x86-64 only. kAvx2 needs AVX2 and FMA, kAvxVnni AVX-VNNI as well, kAvx512 FMA
// and AVX-512 F, BW, VL, DQ and VNNI.
extern const Kernels kAvx2;
extern const Kernels kAvxVnni;
extern const Kernels kAvx512;
extern const Kernels kNeon;         // AArch64 only
extern const Kernels kNeonDotprod;  // AArch64 only; needs the dot product

// The int8 layers of the tables.
extern const Int8Layers kScalarInt8;
extern const Int8Layers kAvx2Int8;
extern const Int8Layers kAvxVnniInt8;
extern const Int8Layers kAvx512Int8;
extern const Int8Layers kNeonInt8;
extern const Int8Layers kNeonDotprodInt8;

// The functions of the tables that have files of their own; all others are in
// the files that define the tables.
std::int32_t avx2_dot_i8(const std::int8_t* a, const std::int8_t* b,
                         std::size_t n);
void avx2_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                       std::size_t n, std::size_t count, std::int32_t* out);
std::int32_t avx2_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                          std::size_t n);
void avx2_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                       std::size_t n, std::size_t stride,
                       const std::uint32_t* rows, std::size_t count,
                       std::int32_t* out);
float avx2_l2sq_code(const float* a, const std::int8_t* code, float scale,
                     std::size_t n);
UnitSums avx2_unit_sums(const float* row, float length, const float* query,
                        const std::int8_t* code, float scale, std::size_t n);
std::int32_t avx512_dot_i8(const std::int8_t* a, const std::int8_t* b,
                           std::size_t n);
void avx512_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                         std::size_t n, std::size_t count, std::int32_t* out);
std::int32_t avx512_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                            std::size_t n);
void avx512_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                         std::size_t n, std::size_t stride,
                         const std::uint32_t* rows, std::size_t count,
                         std::int32_t* out);
UnitSums avx512_unit_sums(const float* row, float length, const float* query,
                          const std::int8_t* code, float scale, std::size_t n);
std::int32_t neon_dot_i8(const std::int8_t* a, const std::int8_t* b,
                         std::size_t n);
void neon_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                       std::size_t n, std::size_t count, std::int32_t* out);
std::int32_t neon_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                          std::size_t n);
void neon_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                       std::size_t n, std::size_t stride,
                       const std::uint32_t* rows, std::size_t count,
                       std::int32_t* out);
std::int32_t dotprod_dot_i8(const std::int8_t* a, const std::int8_t* b,
                            std::size_t n);
void dotprod_dot_i8_block(const std::int8_t* a, const std::int8_t* rows,
                          std::size_t n, std::size_t count, std::int32_t* out);
std::int32_t dotprod_l2sq_i8(const std::int8_t* a, const std::int8_t* b,
                             std::size_t n);
void dotprod_l2sq_i8_rows(const std::int8_t* query, const std::int8_t* codes,
                          std::size_t n, std::size_t stride,
                          const std::uint32_t* rows, std::size_t count,
                          std::int32_t* out);
void avx2_int8_quantize(const float* in, float scale, std::size_t n,
                        std::uint8_t* out);
void neon_int8_quantize(const float* in, float scale, std::size_t n,
                        std::uint8_t* out);
void neon_int8_depthwise_row(const Int8DepthwiseRow& row);
void scalar_depthwise_row(const DepthwiseRow& row);
void avx2_depthwise_row(const DepthwiseRow& row);
void avx512_depthwise_row(const DepthwiseRow& row);

/// What active() chooses when IMSEARCH_SIMD is `name` (nullptr: not set).
/// Throws Error if the name is unknown or this CPU does not support the table.
const Kernels& choose(const char* name);

}  // namespace imsearch::simd
