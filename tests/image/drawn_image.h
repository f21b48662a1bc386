// An image that a formula draws, so that other programs can draw it too.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>

namespace imsearch::test {

/// Byte i of the pixels is the highest byte of i * 2654435761 in 32 bits.
inline Image drawn_image(std::size_t width, std::size_t height) {
  Image image{width, height, {}};
  for (std::uint32_t i = 0; i < width * height * 3; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>(i * 2654435761U >> 24));
  return image;
}

}  // namespace imsearch::test
