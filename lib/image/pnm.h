// Binary PGM and PPM, 8 and 16 bits (netpbm's pgm.5 and ppm.5).
//
// Our own, because stb_image 2.27 reads past its buffer on 16-bit greys
// (CVE-2021-42716) and gives memory as found where the file is truncated.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// Whether `bytes` begin as any of the six kinds of PNM does.
bool looks_like_pnm(std::string_view bytes);

/// Values are scaled to 0..255 by the file's maximum, rounded. The first
/// picture of several. `bytes` must look like PNM; kinds other than P5 and P6
/// are errors. Throws Error with the reason alone. Thread-safe.
Image decode_pnm(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace imsearch
