#include "image/pixel_hashes.h"

#include "image/decode.h"
#include "image/resize.h"
#include "image/sha256_32.h"

#include <fmt/format.h>

#include <vector>

namespace imsearch::test {

PixelHashes hash_pixels(const std::string& bytes, const std::string& name,
                        const Preprocessing& preprocessing) {
  const Image image = decode_image(bytes, name, preprocessing.reference());
  PixelHashes hashes;
  hashes.size = fmt::format("{}x{}", image.width, image.height);
  hashes.rgb = sha256_32(image.rgb);
  std::vector<float> values(preprocessing.input_floats());
  hashes.resized = "-";
  if (preprocessing.resize == Preprocessing::Resize::kSquashTensorflow) {
    resize_tensorflow(image, preprocessing.input_size, preprocessing.input_size,
                      values.data());
    hashes.resized = sha256_32(values);
  }
  preprocess(image, preprocessing, values.data());
  hashes.input = sha256_32(values);
  return hashes;
}

}  // namespace imsearch::test
