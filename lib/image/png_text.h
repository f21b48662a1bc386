// Texts in a PNG file, of which two may hold the orientation.
#pragma once

#include "image/png_chunks.h"

#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// True for a chunk tEXt, zTXt or iTXt with this keyword.
bool is_png_text(const PngChunk& chunk, std::string_view keyword);

/// The text of such a chunk; nothing if it is broken or, compressed, holds more
/// than 1 MiB.
std::optional<std::string> png_text(const PngChunk& chunk);

/// The bytes of a "raw profile", in which ImageMagick and others keep what the
/// format had no chunk for: a line break, a name, a length, and hexadecimal
/// digits, each on lines of their own. Empty if it is none.
std::string raw_profile(std::string_view text);

}  // namespace imsearch
