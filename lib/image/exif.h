// Which way up a camera held its picture, as EXIF or XMP says it, and as
// Pillow's ImageOps.exif_transpose understands it.
//
// Read by ourselves: it is one number, whose place takes a page to find, where
// libexif would parse everything that makers have ever put into such a block.
// TIFF 6.0, Orientation; where the blocks are: image/metadata.h.
#pragma once

#include "image/image.h"
#include "image/pixel_grid.h"

#include <cstddef>
#include <string_view>

namespace imsearch {

/// Ways in which a picture may stand, from 1, which is upright.
inline constexpr int kOrientations = 8;

/// The orientation, 1 to 8, in an image file's EXIF, or in its XMP where EXIF
/// has none; 1, as it stands, where neither has one or where it is broken. It
/// may be stored as a number of any type; the first of several counts. JPEG,
/// PNG and WebP. Never throws if the file was decoded.
int exif_orientation(std::string_view image_file);

/// The picture turned and mirrored so that it stands upright. `orientation` 1
/// to 8.
Image turn_upright(Image image, int orientation);

/// Where the pixels that `upright` has of the picture turned upright lie in
/// what the file has, whose sides are `width` and `height`: picked there and
/// then turned by turn_upright(), they are the same.
PixelGrid as_stored(const PixelGrid& upright, std::size_t width,
                    std::size_t height, int orientation);

/// Whether turning exchanges width and height.
bool is_on_its_side(int orientation);

}  // namespace imsearch
