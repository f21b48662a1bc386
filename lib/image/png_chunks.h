// The frame of a PNG file: its chunks (PNG specification, 5.3), and the texts
// in them, of which two may hold the orientation.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// Views into the file.
struct PngChunk {
  std::string_view type;  // four letters
  std::string_view data;
};

/// Goes through the chunks. No length in the file is believed before its bytes
/// are known to be there.
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
