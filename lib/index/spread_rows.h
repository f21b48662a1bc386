// Samples of rows, evenly spread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// `count` of `rows` rows, or all if there are fewer; rising, the first row 0.
inline std::vector<std::uint32_t> spread_over(std::size_t rows,
                                              std::size_t count) {
  std::vector<std::uint32_t> chosen(std::min(rows, count));
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen[i] = static_cast<std::uint32_t>(i * rows / chosen.size());
  return chosen;
}

}  // namespace imsearch
