// Where image files keep what is not pixels: the chunks of a PNG, and the
// blocks of EXIF and XMP in JPEG, PNG and WebP, found as Pillow finds them.
//
// Nobody has checked these files: no length in them is believed before the
// bytes are known to be there.
#pragma once

#include <cstddef>
#include <optional>
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

/// A chunk of a PNG file (PNG specification, 5.3): views into the file.
struct PngChunk {
  std::string_view type;  // four letters
  std::string_view data;
};

/// Goes through the chunks from the first one on.
class PngChunkReader {
 public:
  /// `png` begins with the signature.
  explicit PngChunkReader(std::string_view png) : png_(png) {}

  /// The next chunk up to IEND, which must not be passed. Throws Error
  /// ("truncated PNG") if the file ends before the chunk does.
  PngChunk next();

 private:
  std::string_view png_;
  std::size_t position_ = 8;  // behind the signature
};

/// The data of the first chunk of this type; nothing if IEND comes first.
/// Throws as the reader does.
std::optional<std::string_view> find_png_chunk(std::string_view png,
                                               std::string_view type);

}  // namespace imsearch
