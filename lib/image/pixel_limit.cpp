#include "image/pixel_limit.h"

#include "base/error.h"
#include "image/decode.h"

namespace imsearch {

void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::size_t limit) {
  if (width == 0 || height == 0)
    fail("an image of {}x{} has no pixels", width, height);
  // No format here has sides of more than 32 bits; three times that fits.
  const std::size_t row = width * 3;
  if (height > limit / row)
    throw TooManyPixels(fmt::format(
        "header claims {}x{} pixels: more than the {} MB that are allowed",
        width, height, limit / 1000000));
}

}  // namespace imsearch
