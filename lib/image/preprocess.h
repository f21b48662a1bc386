// From pixels to the network's input.
#pragma once

#include "image/decode.h"
#include "image/image.h"

#include <cstddef>
#include <string>

namespace imsearch {

/// What a model wants to see. Weights bring it (embed/weights.h).
struct Preprocessing {
  enum class Resize {
    kSquashTensorflow,  // whole picture to a square, aspect ratio not kept
    kCropPillow,        // shorter side to resize_to, then the centre square
  };
  enum class Scale {
    kMinusOneToOne,    // x / 127.5 - 1
    kImageNetMeanStd,  // (x / 255 - mean) / std, torchvision's constants
  };

  Resize resize = Resize::kSquashTensorflow;
  Scale scale = Scale::kMinusOneToOne;
  std::size_t input_size = 224;  // pixels, square
  std::size_t resize_to = 256;   // kCropPillow only
  bool exif = false;             // first turned as EXIF says (load_input())

  /// Whose pixels the network was made for.
  Reference reference() const {
    return resize == Resize::kCropPillow ? Reference::kPillow
                                         : Reference::kTensorflow;
  }
  /// Floats of one input: input_size x input_size x 3.
  std::size_t input_floats() const { return input_size * input_size * 3; }
};

/// As recorded in sidecars: "squash-bilinear-tf x/127.5-1" or
/// "crop-bilinear-pillow-256 imagenet-mean-std".
std::string describe(const Preprocessing& preprocessing);

/// Writes preprocessing.input_floats() values, height x width x RGB, to `out`.
void preprocess(const Image& image, const Preprocessing& preprocessing,
                float* out);

}  // namespace imsearch
