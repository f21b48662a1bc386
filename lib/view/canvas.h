// Filling and pasting on an image.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

/// Pixels, from the top left corner.
struct Box {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t width = 0;
  std::size_t height = 0;
};

/// The image filled with one colour.
Image make_canvas(std::size_t width, std::size_t height, Color color);

/// `box` must lie within the canvas.
void fill_box(Image& canvas, Box box, Color color);

/// Copies `picture` to (x, y); it must fit there.
void paste(Image& canvas, std::size_t x, std::size_t y, const Image& picture);

/// Mixes `color` into one pixel, `coverage` of 255 parts.
void blend(Image& canvas, std::size_t x, std::size_t y, Color color,
           std::uint8_t coverage);

}  // namespace imsearch
