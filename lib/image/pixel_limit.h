// The refusal of images that claim too much, in one wording.
#pragma once

#include <cstddef>

namespace imsearch {

/// Throws TooManyPixels (image/decode.h), with both numbers, if a picture of
/// these sides needs more than `limit` bytes as RGB; Error if it has no pixels.
void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::size_t limit);

}  // namespace imsearch
