#include "image/png_chunks.h"

#include "base/error.h"
#include "image/bytes.h"

#include <cstddef>

namespace imsearch {

std::optional<std::string_view> find_png_chunk(std::string_view png,
                                               std::string_view type) {
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kFront = 8;  // length, type
  constexpr std::size_t kChecksum = 4;
  for (std::size_t begin = kSignature;;) {
    if (png.size() < begin + kFront + kChecksum) fail("truncated PNG");
    const std::size_t length = big_endian_32(png, begin);
    if (png.size() - begin - kFront - kChecksum < length) fail("truncated PNG");
    const std::string_view found = png.substr(begin + 4, 4);
    if (found == type) return png.substr(begin + kFront, length);
    if (found == "IEND") return std::nullopt;
    begin += kFront + length + kChecksum;
  }
}

}  // namespace imsearch
