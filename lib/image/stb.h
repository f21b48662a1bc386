// BMP, GIF and TGA by stb_image, with its gaps closed.
//
// Debian's stb_image 2.27 takes a file that ends early for one full of zeros
// or of memory as found, and reads colours beyond a short palette from memory
// as found. Here the first is an error and such colours are black, as libpng
// has them.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// The formats that stb_image is used for; the caller has told them apart.
enum class StbFormat { kBmp, kGif, kTga };

/// Alpha is dropped, a GIF gives its first frame. Throws Error with the reason
/// alone. Thread-safe.
Image decode_by_stb(std::string_view bytes, StbFormat format,
                    std::uint64_t max_pixel_bytes);

}  // namespace imsearch
