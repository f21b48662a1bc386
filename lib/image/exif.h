// Which way up a camera held its picture, as EXIF says it.
//
// Read by ourselves: it is one number, whose place takes a page to find, where
// libexif would parse everything that makers have ever put into such a block.
// Exif 2.3, 4.5 (JPEG) and 4.6; PNG, eXIf; WebP, "EXIF"; TIFF 6.0, Orientation.
#pragma once

#include "image/image.h"

#include <string_view>

namespace imsearch {

/// The orientation, 1 to 8, in an image file's first EXIF block; 1, as it
/// stands, where there is none or where it is broken. JPEG, PNG and WebP. Never
/// throws if the file was decoded.
int exif_orientation(std::string_view image_file);

/// The picture turned and mirrored so that it stands upright. `orientation` 1
/// to 8.
Image turn_upright(Image image, int orientation);

}  // namespace imsearch
