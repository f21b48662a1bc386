// WebP by libwebp: lossy, lossless, and the first frame of an animation.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// True for the beginning of a WebP file.
bool looks_like_webp(std::string_view bytes);

/// Alpha is dropped, as for PNG. A first frame that does not cover its canvas
/// stands on black. A file shorter than it says is an error. Throws Error with
/// the reason alone. Thread-safe.
Image decode_webp(std::string_view bytes, std::uint64_t max_bytes);

/// The first chunk of this type (four letters) in a file that was decoded;
/// empty if there is none.
std::string_view webp_chunk(std::string_view bytes, std::string_view type);

}  // namespace imsearch
