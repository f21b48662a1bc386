#include "index/codes_scan.h"

#include "index/top_k.h"

namespace imsearch {

Hits CodesScan::nearest(std::size_t count) const {
  TopK nearest(count);
  for (std::uint32_t row = 0; row < codes_->rows; ++row) {
    const Hit hit = {row, l2sq(row)};
    if (nearest.would_take(hit)) nearest.take(hit);
  }
  return nearest.sorted();
}

}  // namespace imsearch
