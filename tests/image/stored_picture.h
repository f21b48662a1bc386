// A picture as a camera that was held another way stores it.
#pragma once

#include "image/image.h"

#include <algorithm>
#include <cstddef>

namespace imsearch::test {

/// The pixels that TIFF 6.0's Orientation says to be `upright`: by the table in
/// its specification, which side of the picture row 0 and column 0 are.
inline Image stored_picture(const Image& upright, int orientation) {
  const std::size_t w = upright.width;
  const std::size_t h = upright.height;
  const bool on_its_side = orientation >= 5;
  Image stored{on_its_side ? h : w, on_its_side ? w : h, {}};
  stored.rgb.resize(upright.rgb.size());
  for (std::size_t row = 0; row < stored.height; ++row)
    for (std::size_t column = 0; column < stored.width; ++column) {
      std::size_t x = 0;
      std::size_t y = 0;
      switch (orientation) {
        case 1:  // row 0 is the top, column 0 the left side
          x = column, y = row;
          break;
        case 2:  // top, right
          x = w - 1 - column, y = row;
          break;
        case 3:  // bottom, right
          x = w - 1 - column, y = h - 1 - row;
          break;
        case 4:  // bottom, left
          x = column, y = h - 1 - row;
          break;
        case 5:  // left, top
          x = row, y = column;
          break;
        case 6:  // right, top
          x = w - 1 - row, y = column;
          break;
        case 7:  // right, bottom
          x = w - 1 - row, y = h - 1 - column;
          break;
        default:  // 8: left, bottom
          x = row, y = h - 1 - column;
      }
      std::copy_n(&upright.rgb[(y * w + x) * 3], 3,
                  &stored.rgb[(row * stored.width + column) * 3]);
    }
  return stored;
}

}  // namespace imsearch::test
