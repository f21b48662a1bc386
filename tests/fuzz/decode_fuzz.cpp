// Any bytes either decode to an image that can be preprocessed, or throw Error.
#include "base/error.h"
#include "image/decode.h"
#include "image/decoders.h"
#include "image/exif.h"
#include "image/preprocess.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace imsearch;

constexpr std::size_t kMaxFuzzedPixelBytes = std::size_t{3} << 20;

void preprocess_both_ways(const Image& image) {
  Preprocessing preprocessing;
  preprocessing.input_size = 32;
  preprocessing.resize_to = 37;
  std::vector<float> input(preprocessing.input_floats());
  preprocess(image, preprocessing, input.data());
  preprocessing.resize = Preprocessing::Resize::kCropPillow;
  preprocess(image, preprocessing, input.data());
}

void decode(std::string_view bytes, const std::string& name,
            Reference reference) {
  Image image;
  try {
    image = decode_image(bytes, name, reference, kMaxFuzzedPixelBytes);
  } catch (const Error&) {
    return;
  }
  const bool whole = image.width > 0 && image.height > 0 &&
                     image.rgb.size() == image.width * image.height * 3 &&
                     image.rgb.size() <= kMaxFuzzedPixelBytes;
  if (!whole) std::abort();
  preprocess_both_ways(image);
  const int orientation = exif_orientation(bytes);
  if (orientation < 1 || orientation > 8) std::abort();
  const std::size_t size = image.rgb.size();
  if (turn_upright(std::move(image), orientation).rgb.size() != size)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // A process for each would be slow: formats_fuzz.cpp decodes them in its own.
  if (looks_like_heif(bytes) || looks_like_jxl(bytes)) return 0;
  decode(bytes, "image", Reference::kTensorflow);
  decode(bytes, "image.tga", Reference::kPillow);
  return 0;
}
