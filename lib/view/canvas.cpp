#include "view/canvas.h"

#include <algorithm>

namespace imsearch {
namespace {

std::uint8_t* pixel(Image& canvas, std::size_t x, std::size_t y) {
  return canvas.rgb.data() + (y * canvas.width + x) * 3;
}

std::uint8_t mix(unsigned under, unsigned over, unsigned coverage) {
  return static_cast<std::uint8_t>(
      (under * (255 - coverage) + over * coverage + 127) / 255);
}

}  // namespace

Image make_canvas(std::size_t width, std::size_t height, Color color) {
  Image canvas{width, height, std::vector<std::uint8_t>(width * height * 3)};
  fill_box(canvas, {0, 0, width, height}, color);
  return canvas;
}

void fill_box(Image& canvas, Box box, Color color) {
  for (std::size_t y = box.y; y < box.y + box.height; ++y) {
    std::uint8_t* to = pixel(canvas, box.x, y);
    for (std::size_t x = 0; x < box.width; ++x, to += 3) {
      to[0] = color.red;
      to[1] = color.green;
      to[2] = color.blue;
    }
  }
}

void paste(Image& canvas, std::size_t x, std::size_t y, const Image& picture) {
  const std::size_t line_bytes = picture.width * 3;
  for (std::size_t line = 0; line < picture.height; ++line)
    std::copy_n(picture.rgb.data() + line * line_bytes, line_bytes,
                pixel(canvas, x, y + line));
}

void blend(Image& canvas, std::size_t x, std::size_t y, Color color,
           std::uint8_t coverage) {
  std::uint8_t* to = pixel(canvas, x, y);
  to[0] = mix(to[0], color.red, coverage);
  to[1] = mix(to[1], color.green, coverage);
  to[2] = mix(to[2], color.blue, coverage);
}

}  // namespace imsearch
