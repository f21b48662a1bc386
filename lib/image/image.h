// Pixels, and the room that they may take.
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Red, green and blue, a byte each.
inline constexpr std::size_t kChannels = 3;

/// 8-bit RGB, row-major, height x width x 3 bytes, no padding between rows.
struct Image {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> rgb;
};

/// Images whose header claims more pixel bytes than this, 500 megapixels, are
/// refused before anything is decoded, whatever memory there is.
inline constexpr std::size_t kMaxPixelBytes = std::size_t{1500} * 1000 * 1000;

/// Decoding a picture takes more memory than was allowed: the caller may have
/// room for it later. `bytes`: its pixels and what the decoder holds beside
/// them, as far as it grows with the picture.
struct NeedsMemory : Error {
  NeedsMemory(std::size_t image_width, std::size_t image_height,
              std::uint64_t needed_bytes);

  std::size_t width;
  std::size_t height;
  std::uint64_t bytes;
};

/// Throws Error, with both numbers, if a picture of these sides is larger than
/// any may be (kMaxPixelBytes) or has no pixels.
void check_sides(std::size_t width, std::size_t height);

/// For decoders, once they know a picture's sides: it takes 3 bytes a pixel,
/// and `beside` bytes that the decoder holds at the same time. Throws
/// NeedsMemory if that is more than `limit`; Error as check_sides() does.
void check_pixel_bytes(std::size_t width, std::size_t height,
                       std::uint64_t limit, std::uint64_t beside = 0);

}  // namespace imsearch
