// Drawing on an image, pixel by pixel: a sheet is drawn once, so that nothing
// here needs to be quick but copying whole lines.
#include "view/canvas.h"

#include "base/error.h"

#include <stb_image_write.h>

#include <algorithm>
#include <limits>
#include <new>

namespace imsearch {
namespace {

std::uint8_t* pixel(Image& canvas, std::size_t x, std::size_t y) {
  return canvas.rgb.data() + (y * canvas.width + x) * 3;
}

/// Rounded to the nearest: coverage 0 leaves `under` and 255 gives `over`.
std::uint8_t mix(unsigned under, unsigned over, unsigned coverage) {
  return static_cast<std::uint8_t>(
      (under * (255 - coverage) + over * coverage + 127) / 255);
}

/// What stb_image_write has given so far.
struct Output {
  std::string bytes;
  bool complete = true;
};

/// No exception may pass through the frames of stb_image_write, which is C: a
/// lack of memory is noted, and thrown once the call has returned.
extern "C" void take_bytes(void* output, void* data, int size) {
  auto& taken = *static_cast<Output*>(output);
  try {
    taken.bytes.append(static_cast<const char*>(data),
                       static_cast<std::size_t>(size));
  } catch (const std::bad_alloc&) {
    taken.complete = false;
  }
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

std::string to_jpeg(const Image& image, int quality) {
  constexpr int kChannels = 3;
  constexpr std::size_t kMaxPixels =
      std::numeric_limits<int>::max() / kChannels;
  if (image.width < 1 || image.height < 1 || image.width > kMaxJpegSide ||
      image.height > kMaxJpegSide || image.height > kMaxPixels / image.width)
    fail("{} x {} pixels: a JPEG has 1 to {} a side, and at most {} in all",
         image.width, image.height, kMaxJpegSide, kMaxPixels);
  Output output;
  const int written = stbi_write_jpg_to_func(
      take_bytes, &output, static_cast<int>(image.width),
      static_cast<int>(image.height), kChannels, image.rgb.data(), quality);
  // It fails for arguments alone, and those were checked above.
  if (written == 0 || !output.complete) throw std::bad_alloc();
  return std::move(output.bytes);
}

std::string to_png(const Image& image) {
  constexpr int kChannels = 3;
  constexpr std::size_t kMaxPixels =
      std::numeric_limits<int>::max() / (2 * kChannels);
  if (image.width < 1 || image.height < 1 ||
      image.height > kMaxPixels / image.width)
    fail("{} x {} pixels: a PNG is written of at most {} in all", image.width,
         image.height, kMaxPixels);
  Output output;
  const int written = stbi_write_png_to_func(
      take_bytes, &output, static_cast<int>(image.width),
      static_cast<int>(image.height), kChannels, image.rgb.data(),
      static_cast<int>(image.width) * kChannels);
  if (written == 0 || !output.complete) throw std::bad_alloc();
  return std::move(output.bytes);
}

}  // namespace imsearch
