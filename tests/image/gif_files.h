// GIF files, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace imsearch::test {

/// A frame of palette indices below 4.
struct GifFrame {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::string indices;   // in the order in which the file has them
  int transparent = -1;  // an index, or none
  bool interlaced = false;
  std::string palette;  // of its own: 4 colours of 3 bytes
};

/// A file whose header claims a screen of these sides. `palette`: 4 colours, or
/// empty.
std::string gif_file(std::uint32_t width, std::uint32_t height,
                     const std::string& palette,
                     const std::vector<GifFrame>& frames);

}  // namespace imsearch::test
