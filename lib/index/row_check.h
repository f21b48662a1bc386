// Whether vectors are still those that an index was built from.
//
// An index knows of each row its codes, and bounds of how far the row is from
// them (reduction.h: CodeErrors). A row within these bounds is, for all that a
// search concludes from the codes, the row that was indexed; one that is not
// has changed. Telling costs less than to normalise the row.
#pragma once

#include "index/reduction.h"
#include "index/sq8.h"
#include "index/vector_set.h"
#include "simd/prefetch.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace imsearch {

/// The codes of rows 0 to codes.rows - 1 and their bounds. Owns nothing.
struct CertifiedCodes {
  CodesView codes;
  const CodeErrors* errors = nullptr;    // [codes.rows]
  const std::int8_t* reduced = nullptr;  // [codes.rows, reduction.width]
  ReductionView reduction;

  /// Whether `unit` (reduction.dim floats) is as near to that row's 8-bit code
  /// as the row was: enough for a row that is compared, whatever led to it.
  bool matches(std::uint32_t row, const float* unit) const;
  /// Has what matches() reads of that row on its way.
  void fetch(std::uint32_t row) const {
    prefetch(codes.scales + row, sizeof(float));
    prefetch(errors + row, sizeof(CodeErrors));
    prefetch(codes.code(row), codes.stride);
  }
  /// The same, where the squared distance from the code is known (l2sq_code in
  /// simd/kernels.h).
  bool matches_at(std::uint32_t row, float l2sq_code) const;

  /// The same for both codes: whatever a search concludes from them is right.
  bool holds(std::uint32_t row, const float* unit) const;
};

/// The first of these rows that is not within its bounds, or holds NaN. Reads
/// them all, on `threads` threads (0: all CPUs). `vectors` must have as many.
/// Throws Interrupted.
std::optional<std::uint32_t> first_changed_row(const VectorSet& vectors,
                                               const CertifiedCodes& certified,
                                               unsigned threads);

}  // namespace imsearch
