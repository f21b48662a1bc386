#include "image/pixel_limit.h"

#include "base/error.h"
#include "image/decode.h"

namespace imsearch {

void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::size_t limit) {
  if (width == 0 || height == 0)
    fail("an image of {}x{} has no pixels", width, height);
  const std::size_t max_pixels = limit / 3;
  if (height > max_pixels / width)
    throw TooManyPixels(
        fmt::format("header claims {}x{} pixels, more than the {} that are "
                    "allowed",
                    width, height, max_pixels));
}

}  // namespace imsearch
