// Comparing 8-bit codes of whole vectors (codes8.h).
#pragma once

#include "base/hit.h"
#include "index/codes8.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// The squared distance of a query, coded as `code` and `scale`, and a row.
float codes_l2sq(const CodesView& codes, const std::int8_t* code, float scale,
                 std::uint32_t row);

/// The `count` nearest of all rows, nearest first, ties by row.
Hits scan_codes(const CodesView& codes, const std::int8_t* code, float scale,
                std::size_t count);

}  // namespace imsearch
