// Pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// 8-bit RGB, row-major, height x width x 3 bytes, no padding between rows.
struct Image {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> rgb;
};

}  // namespace imsearch
