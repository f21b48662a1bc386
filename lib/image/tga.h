// TGA as Pillow reads it: indices, colours and greys, run-length coded or not,
// stored from any corner.
//
// Read by ourselves: stb_image mirrors a picture that is stored from the right,
// and takes the palette's first index for a count of bytes.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// A TGA has no magic: the caller knows it by its name. Alpha is dropped; a
/// colour outside the palette is black; a palette beside greys or colours is
/// passed over (Pillow 13 takes greys for its indices). A file that ends before
/// its last pixel is an error. Throws Error with the reason alone. Thread-safe.
Image decode_tga(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace imsearch
