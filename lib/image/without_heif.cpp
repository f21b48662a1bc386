// In place of heif.cpp where libheif was missing when this was built.
#include "image/decoders.h"

#include "base/error.h"

namespace imsearch {

Image read_heif(std::string_view bytes, std::uint64_t /*max_bytes*/) {
  fail("{} is not supported by this build: install libheif-dev and build again",
       looks_like_avif(bytes) ? "AVIF" : "HEIC");
}

Image decode_heif(std::string_view bytes, std::uint64_t max_bytes) {
  return read_heif(bytes, max_bytes);
}

}  // namespace imsearch
