// BMP as Pillow reads it: Windows's headers of 40, 52, 56, 108 and 124 bytes,
// OS/2's of 12 and 64, 1 to 32 bits a pixel, run-length coded or not.
//
// Read by ourselves: no library of Debian 12 gives these pixels for all that
// viewers show (stb_image, say, takes neither a gap before the pixels, nor run
// lengths, nor half of the headers).
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// Alpha is dropped. A colour beyond the palette is black; pixels that a
/// run-length code leaves out have the palette's first colour. A file that ends
/// before its last pixel is an error. Throws Error with the reason alone.
/// Thread-safe.
Image decode_bmp(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace imsearch
