// In place of jxl.cpp where libjxl was missing when this was built.
#include "image/decoders.h"

#include "base/error.h"

namespace imsearch {

Image read_jxl(std::string_view /*bytes*/, std::uint64_t /*max_bytes*/) {
  fail(
      "JPEG XL is not supported by this build: install libjxl-dev and build "
      "again");
}

Image decode_jxl(std::string_view bytes, std::uint64_t max_bytes) {
  return read_jxl(bytes, max_bytes);
}

}  // namespace imsearch
