// Where image files keep what is said about the picture: blocks of EXIF and of
// XMP, found in each format as Pillow finds them.
#pragma once

#include <string>
#include <string_view>

namespace imsearch {

struct Metadata {
  std::string exif;  // a TIFF block
  std::string xmp;   // XML
};

/// Both empty where a file has none. JPEG, PNG and WebP, which must have been
/// decoded: throws Error if a PNG is truncated.
Metadata read_metadata(std::string_view image_file);

}  // namespace imsearch
