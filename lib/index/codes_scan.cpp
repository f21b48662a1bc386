#include "index/codes_scan.h"

#include "index/top_k.h"
#include "simd/kernels.h"

namespace imsearch {

float codes_l2sq(const CodesView& codes, const std::int8_t* code, float scale,
                 std::uint32_t row) {
  return coded_l2sq(simd::active().dot_i8(code, codes.code(row), codes.stride),
                    scale, codes.scales[row]);
}

Hits scan_codes(const CodesView& codes, const std::int8_t* code, float scale,
                std::size_t count) {
  TopK nearest(count);
  for (std::uint32_t row = 0; row < codes.rows; ++row) {
    const Hit hit = {row, codes_l2sq(codes, code, scale, row)};
    if (nearest.would_take(hit)) nearest.take(hit);
  }
  return nearest.sorted();
}

}  // namespace imsearch
