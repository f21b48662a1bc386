// In place of tiff.cpp where libtiff was missing when this was built.
#include "image/decoders.h"

#include "base/error.h"

namespace imsearch {

Image decode_tiff(std::string_view /*bytes*/, std::uint64_t /*max_bytes*/) {
  fail(
      "TIFF is not supported by this build: install libtiff-dev and build "
      "again");
}

}  // namespace imsearch
