// Pictures as a terminal takes them, among its text.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// kitty's graphics protocol, iTerm2's inline images, and the sixels of DEC.
enum class PictureProtocol { kKitty, kIterm2, kSixel };

/// What shows the image where the cursor is, which then stands behind or below
/// it. Throws Error: sixel, and libsixel is not there.
std::string terminal_picture(const Image& image, PictureProtocol protocol);

/// Sixels by libsixel, which is loaded for it (base/lazy_library.h). Throws
/// Error: it is not there.
std::string to_sixel(const Image& image);

struct StripTile {
  std::string path;     // the image file; what is gone or broken is grey
  std::string caption;  // below it
};

/// The tiles from left to right, in as many lines as fit into `width` pixels,
/// each line an image of its own.
std::vector<Image> draw_strips(const std::vector<StripTile>& tiles,
                               std::size_t width);

}  // namespace imsearch
