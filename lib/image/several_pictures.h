// Whether an image file holds more than the picture that is read of it.
#pragma once

#include <string_view>

namespace imsearch {

/// Whether the bytes of a whole image file are an animation, as GIF, PNG, WebP,
/// HEIF and AVIF have them, or a TIFF of several pages. What is no such file,
/// or is cut off before that can be told, holds one. Any thread.
bool holds_several_pictures(std::string_view file);

}  // namespace imsearch
