// Resizes and scales as the program that trained the network did, operation by
// operation: the input then has the bits that a reference computes, and
// features can be compared with those of others.
#include "image/preprocess.h"

#include "base/error.h"
#include "image/resize.h"

#include <algorithm>

namespace imsearch {
namespace {

// torchvision.transforms.Resize: the shorter side becomes `shorter`, the longer
// is int(shorter * long / short), computed in double as Python does.
std::size_t longer_side(std::size_t shorter, std::size_t long_side,
                        std::size_t short_side) {
  return static_cast<std::size_t>(static_cast<double>(shorter * long_side) /
                                  static_cast<double>(short_side));
}

// torchvision's int(round((size - crop) / 2.0)): Python rounds half to even.
std::size_t crop_begin(std::size_t size, std::size_t crop) {
  const std::size_t margin = size - crop;
  const std::size_t half = margin / 2;
  return half + (margin % 2) * (half % 2);
}

void squash_pillow(const Image& image, std::size_t side, float* out) {
  const Image square = resize_pillow(image, side, side);
  std::copy(square.rgb.begin(), square.rgb.end(), out);
}

void crop_pillow(const Image& image, const Preprocessing& preprocessing,
                 float* out) {
  const std::size_t side = preprocessing.input_size;
  const std::size_t shorter = preprocessing.resize_to;
  if (shorter < side)
    fail("preprocessing crops {} pixels from a side of {}", side, shorter);
  const bool upright = image.width <= image.height;
  const std::size_t longer =
      longer_side(shorter, std::max(image.width, image.height),
                  std::min(image.width, image.height));
  const std::size_t height = upright ? longer : shorter;
  const std::size_t width = upright ? shorter : longer;
  const Window centre{crop_begin(height, side), crop_begin(width, side), side,
                      side};
  const Image crop = resize_pillow(image, height, width, centre);
  std::copy(crop.rgb.begin(), crop.rgb.end(), out);
}

// Keras: preprocess_input of mobilenet_v2, mode "tf".
void scale_to_minus_one_to_one(float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] = values[i] / 127.5F - 1.0F;
}

// torchvision's ToTensor and Normalize, in its order and in float32.
void scale_by_statistics(float* values, const Preprocessing& preprocessing) {
  for (std::size_t i = 0; i < preprocessing.input_floats(); i += kChannels)
    for (std::size_t c = 0; c < kChannels; ++c)
      values[i + c] = (values[i + c] / 255.0F - preprocessing.mean[c]) /
                      preprocessing.deviation[c];
}

void scale(const Preprocessing& preprocessing, float* values) {
  if (preprocessing.scale == Preprocessing::Scale::kMinusOneToOne)
    scale_to_minus_one_to_one(values, preprocessing.input_floats());
  else
    scale_by_statistics(values, preprocessing);
}

}  // namespace

void preprocess(const Image& image, const Preprocessing& preprocessing,
                float* out) {
  const std::size_t side = preprocessing.input_size;
  switch (preprocessing.resize) {
    case Preprocessing::Resize::kSquashTensorflow:
      resize_tensorflow(image, side, side, out);
      break;
    case Preprocessing::Resize::kSquashPillow:
      squash_pillow(image, side, out);
      break;
    case Preprocessing::Resize::kCropPillow:
      crop_pillow(image, preprocessing, out);
      break;
  }
  scale(preprocessing, out);
}

std::optional<PixelGrid> preprocess_grid(std::size_t width, std::size_t height,
                                         const Preprocessing& preprocessing) {
  if (preprocessing.resize != Preprocessing::Resize::kSquashTensorflow)
    return std::nullopt;
  const std::size_t side = preprocessing.input_size;
  return tensorflow_grid({height, width, side, side});
}

void preprocess_picked(const Image& picked, std::size_t width,
                       std::size_t height, const Preprocessing& preprocessing,
                       float* out) {
  const std::size_t side = preprocessing.input_size;
  resize_picked_tensorflow(picked, {height, width, side, side}, out);
  scale(preprocessing, out);
}

}  // namespace imsearch
