// Whether vectors are still those that an index was built from.
//
// An index has the codes of each row, and bounds of how far the row is from
// them (reduction.h: CodeErrors). All that a search concludes from the codes
// holds for any row within these bounds: such a row counts as the one that was
// indexed, even if some bits differ. A row beyond them has changed. The check
// costs less than normalising the row.
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
  /// as the row was. That is enough for a row whose exact distance is computed:
  /// the answer is then right whatever led to the row.
  bool matches(std::uint32_t row, const float* unit) const;
  /// Prefetches what matches() reads of that row.
  void fetch(std::uint32_t row) const {
    prefetch(codes.scales + row, sizeof(float));
    prefetch(errors + row, sizeof(CodeErrors));
    prefetch(codes.code(row), codes.stride);
  }
  /// matches(), where the squared distance from the code is known already
  /// (l2sq_code in simd/kernels.h).
  bool matches_at(std::uint32_t row, float l2sq_code) const;

  /// Whether `unit` is within the bounds of both codes: then whatever a search
  /// concludes from them is right, also about rows that it never reads.
  bool holds(std::uint32_t row, const float* unit) const;
};

/// The first of these rows that is not within its bounds, or holds NaN. Reads
/// them all, on `threads` threads (0: all CPUs). `vectors` must have as many.
/// Throws Interrupted.
std::optional<std::uint32_t> first_changed_row(const VectorSet& vectors,
                                               const CertifiedCodes& certified,
                                               unsigned threads);

}  // namespace imsearch
