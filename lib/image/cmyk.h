// Printing inks to RGB, without colour profiles, as the references do it.
#pragma once

#include "image/decode.h"

#include <cstdint>
#include <vector>

namespace imsearch {

/// Writes the RGB of each pixel in `inks` (cyan, magenta, yellow, black; a byte
/// each) to `rgb`. `inverted`: 255 is no ink, as Adobe writes it. TensorFlow's
/// product of ink and black is truncated (core/lib/jpeg/jpeg_mem.cc), Pillow's
/// is rounded (src/libImaging/Convert.c, cmyk2rgb).
void fold_cmyk(const std::vector<std::uint8_t>& inks, bool inverted,
               Reference reference, std::uint8_t* rgb);

}  // namespace imsearch
