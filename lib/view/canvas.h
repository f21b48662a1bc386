// An image to draw on: filled, pasted on, and in the end written as a JPEG or
// a PNG.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string>

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

/// The longest side of a JPEG: libjpeg, which most programs read them by, takes
/// no longer one (JPEG_MAX_DIMENSION), although the format could say 65,535.
inline constexpr std::size_t kMaxJpegSide = 65500;

/// The lowest quality at which stb_image_write does not halve the resolution of
/// colour, which would leave coloured fringes around text.
inline constexpr int kTextQuality = 91;

/// The bytes of a JPEG file of the image, by stb_image_write, of a `quality` of
/// 1 to 100. Both sides are 1 to kMaxJpegSide, and the image has less than
/// 700 megapixels, since stb_image_write counts its bytes in an int. Throws
/// Error for other sides, std::bad_alloc.
std::string to_jpeg(const Image& image, int quality = kTextQuality);

/// The bytes of a PNG file of the image, of less than 350 megapixels. Throws
/// Error for no pixels or more, std::bad_alloc.
std::string to_png(const Image& image);

}  // namespace imsearch
