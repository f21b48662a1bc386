#include "eval/sample.h"

#include "base/random.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace imsearch {

std::vector<std::uint32_t> sample_rows(std::size_t rows, std::size_t count,
                                       std::uint64_t seed) {
  std::vector<std::uint32_t> all;
  if (count >= rows) {
    all.resize(rows);
    std::iota(all.begin(), all.end(), 0U);
    return all;
  }
  // Floyd's method (Bentley and Floyd, CACM 30(9), 1987): count draws, whatever
  // the number of rows.
  Random random(seed);
  std::set<std::uint32_t> chosen;
  for (std::size_t last = rows - count; last < rows; ++last) {
    const auto row = static_cast<std::uint32_t>(random.below(last + 1));
    if (!chosen.insert(row).second)
      chosen.insert(static_cast<std::uint32_t>(last));
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace imsearch
