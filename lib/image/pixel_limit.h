// The refusal of images that claim too much, in one wording.
#pragma once

#include <cstddef>

namespace imsearch {

/// Throws Error, with both numbers, if a picture of these sides needs more than
/// `limit` bytes as RGB, or has no pixels at all.
void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::size_t limit);

}  // namespace imsearch
