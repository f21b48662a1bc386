#include "image/image.h"

namespace imsearch {

NeedsMemory::NeedsMemory(std::size_t image_width, std::size_t image_height,
                         std::uint64_t needed_bytes)
    : Error(fmt::format("needs {} bytes of memory for {} x {} pixels",
                        needed_bytes, image_width, image_height)),
      width(image_width),
      height(image_height),
      bytes(needed_bytes) {}

void check_sides(std::size_t width, std::size_t height) {
  constexpr std::uint64_t kMaxPixels = kMaxPixelBytes / kChannels;
  if (width == 0 || height == 0)
    fail("an image of {}x{} has no pixels", width, height);
  if (height > kMaxPixels / width)
    fail("header claims {}x{} pixels, more than the {} that are allowed", width,
         height, kMaxPixels);
}

void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::uint64_t limit, std::uint64_t beside) {
  check_sides(width, height);
  const std::uint64_t needed = kChannels * width * height + beside;
  if (needed > limit) throw NeedsMemory(width, height, needed);
}

}  // namespace imsearch
