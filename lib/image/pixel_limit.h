// The refusal of images that claim too much, in one wording.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imsearch {

/// What decoding a picture of these sides takes is known: 3 bytes a pixel, and
/// `beside` bytes that the decoder holds at the same time. Throws NeedsMemory
/// (image/decode.h) if that is more than `limit`; Error, with both numbers, if
/// the picture is larger than any may be (kMaxPixelBytes) or has no pixels.
void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::uint64_t limit, std::uint64_t beside = 0);

}  // namespace imsearch
