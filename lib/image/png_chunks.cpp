#include "image/png_chunks.h"

#include "base/error.h"
#include "image/bytes.h"

namespace imsearch {

std::vector<PngChunk> png_chunks(std::string_view png) {
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kFront = 8;  // length, type
  constexpr std::size_t kChecksum = 4;
  std::vector<PngChunk> chunks;
  std::size_t begin = kSignature;
  do {
    if (png.size() < begin + kFront + kChecksum) fail("truncated PNG");
    const std::size_t length = big_endian_32(png, begin);
    if (png.size() - begin - kFront - kChecksum < length) fail("truncated PNG");
    chunks.push_back(
        {png.substr(begin + 4, 4), png.substr(begin + kFront, length)});
    begin += kFront + length + kChecksum;
  } while (chunks.back().type != "IEND");
  return chunks;
}

}  // namespace imsearch
