// Any bytes either decode to an image that can be preprocessed, or throw Error;
// pixels that are picked while decoding are those of the whole image.
#include "base/error.h"
#include "image/decode.h"
#include "image/decoders.h"
#include "image/exif.h"
#include "image/pixel_grid.h"
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

/// At most 5 x 5 pixels.
PixelGrid sparse_grid(std::size_t width, std::size_t height) {
  PixelGrid grid;
  for (std::size_t y = 0; y < height; y += 1 + height / 5)
    grid.rows.push_back(y);
  for (std::size_t x = 0; x < width; x += 1 + width / 5)
    grid.columns.push_back(x);
  return grid;
}

/// `whole`: the image, or nullptr where it does not decode.
void pick_some(std::string_view bytes, const std::string& name,
               Reference reference, const Image* whole) {
  PickedPicture picked;
  try {
    picked =
        pick_image(bytes, name, reference, kMaxFuzzedPixelBytes,
                   [](std::size_t width, std::size_t height) {
                     return std::vector<PixelGrid>{sparse_grid(width, height)};
                   });
  } catch (const Error&) {
    if (whole != nullptr) std::abort();
    return;
  }
  if (whole == nullptr) return;  // it may take less memory than the whole
  const PixelGrid grid = sparse_grid(whole->width, whole->height);
  if (picked.width != whole->width || picked.height != whole->height ||
      picked.parts.size() != 1 || picked.parts[0].rgb != pick(*whole, grid).rgb)
    std::abort();
}

void decode(std::string_view bytes, const std::string& name,
            Reference reference) {
  Image image;
  try {
    image = decode_image(bytes, name, reference, kMaxFuzzedPixelBytes);
  } catch (const Error&) {
    pick_some(bytes, name, reference, nullptr);
    return;
  }
  const bool whole = image.width > 0 && image.height > 0 &&
                     image.rgb.size() == image.width * image.height * 3 &&
                     image.rgb.size() <= kMaxFuzzedPixelBytes;
  if (!whole) std::abort();
  pick_some(bytes, name, reference, &image);
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
