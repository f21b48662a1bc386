#include "image/image.h"

namespace imsearch {

NeedsMemory::NeedsMemory(std::size_t image_width, std::size_t image_height,
                         std::uint64_t needed_bytes)
    : Error(fmt::format("needs {} bytes of memory for {} x {} pixels",
                        needed_bytes, image_width, image_height)),
      width(image_width),
      height(image_height),
      bytes(needed_bytes) {}

void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::uint64_t limit, std::uint64_t beside) {
  constexpr std::uint64_t kPixelBytes = 3;
  constexpr std::uint64_t kMaxPixels = kMaxPixelBytes / kPixelBytes;
  if (width == 0 || height == 0)
    fail("an image of {}x{} has no pixels", width, height);
  if (height > kMaxPixels / width)
    fail("header claims {}x{} pixels, more than the {} that are allowed", width,
         height, kMaxPixels);
  const std::uint64_t needed = kPixelBytes * width * height + beside;
  if (needed > limit) throw NeedsMemory(width, height, needed);
}

}  // namespace imsearch
