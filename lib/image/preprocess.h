// From pixels to the network's input.
#pragma once

#include "image/decode.h"
#include "image/image.h"
#include "image/pixel_grid.h"

#include <array>
#include <cstddef>
#include <optional>

namespace imsearch {

/// A number for each channel: red, green, blue.
using Rgb = std::array<float, 3>;

/// Mean and deviation of ImageNet's pixels between 0 and 1, as torchvision's
/// presets have them (torchvision/transforms/_presets.py).
inline constexpr Rgb kImageNetMean = {0.485F, 0.456F, 0.406F};
inline constexpr Rgb kImageNetDeviation = {0.229F, 0.224F, 0.225F};

/// What a model wants to see. Weights bring it (weights/weights.h), for other
/// models the user says it. In words: image/preprocess_text.h.
struct Preprocessing {
  enum class Resize {
    kSquashTensorflow,  // whole picture to a square, aspect ratio not kept
    kSquashPillow,      // the same, antialiased
    kCropPillow,        // shorter side to resize_to, then the centre square
  };
  enum class Scale {
    kMinusOneToOne,  // x / 127.5 - 1
    kMeanStd,        // (x / 255 - mean) / deviation
  };

  Resize resize = Resize::kSquashTensorflow;
  Scale scale = Scale::kMinusOneToOne;
  std::size_t input_size = 224;  // pixels, square
  std::size_t resize_to = 256;   // kCropPillow only; at least input_size
  Rgb mean = kImageNetMean;      // kMeanStd only, as the next
  Rgb deviation = kImageNetDeviation;
  bool exif = false;  // first turned as EXIF says (load_input())

  /// Whose pixels the network was made for.
  Reference reference() const {
    return resize == Resize::kSquashTensorflow ? Reference::kTensorflow
                                               : Reference::kPillow;
  }
  /// Floats of one input: input_size x input_size x 3.
  std::size_t input_floats() const { return input_size * input_size * 3; }
};

/// Writes preprocessing.input_floats() values, height x width x RGB, to `out`.
void preprocess(const Image& image, const Preprocessing& preprocessing,
                float* out);

/// The pixels that preprocess() reads of a picture of these sides; nothing if
/// it reads all.
std::optional<PixelGrid> preprocess_grid(std::size_t width, std::size_t height,
                                         const Preprocessing& preprocessing);

/// The same as preprocess() from the pixels of preprocess_grid() alone, which
/// must have a value. `width` and `height` are the whole picture's.
void preprocess_picked(const Image& picked, std::size_t width,
                       std::size_t height, const Preprocessing& preprocessing,
                       float* out);

}  // namespace imsearch
