#include "image/png_chunks.h"

#include "base/error.h"
#include "image/bytes.h"

namespace imsearch {

PngChunk PngChunkReader::next() {
  constexpr std::size_t kFront = 8;  // length, type
  constexpr std::size_t kChecksum = 4;
  if (png_.size() < position_ + kFront + kChecksum) fail("truncated PNG");
  const std::size_t length = big_endian_32(png_, position_);
  if (png_.size() - position_ - kFront - kChecksum < length)
    fail("truncated PNG");
  const PngChunk chunk{png_.substr(position_ + 4, 4),
                       png_.substr(position_ + kFront, length)};
  position_ += kFront + length + kChecksum;
  return chunk;
}

std::optional<std::string_view> find_png_chunk(std::string_view png,
                                               std::string_view type) {
  PngChunkReader reader(png);
  for (;;) {
    const PngChunk chunk = reader.next();
    if (chunk.type == type) return chunk.data;
    if (chunk.type == "IEND") return std::nullopt;
  }
}

}  // namespace imsearch
