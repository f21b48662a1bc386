// Any bytes that begin as HEIC, AVIF, TIFF or JPEG XL either decode to an image
// or make the decoder throw Error. Within this process, unlike in extract, so
// that what goes wrong in a library is seen.
#include "base/error.h"
#include "image/decoders.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace {

using namespace imsearch;

constexpr std::size_t kMaxFuzzedBytes = std::size_t{64} << 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Image image;
  try {
    if (looks_like_heif(bytes))
      image = read_heif(bytes, kMaxFuzzedBytes);
    else if (looks_like_jxl(bytes))
      image = read_jxl(bytes, kMaxFuzzedBytes);
    else
      image = decode_tiff(bytes, kMaxFuzzedBytes);
  } catch (const Error&) {
    return 0;
  } catch (const std::bad_alloc&) {
    return 0;
  }
  const bool whole = image.width > 0 && image.height > 0 &&
                     image.rgb.size() == image.width * image.height * 3;
  if (!whole) std::abort();
  return 0;
}
