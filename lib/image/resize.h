// Resizing, bit-exact to the two references.
#pragma once

#include "image/image.h"

#include <cstddef>

namespace imsearch {

/// tf.image.resize(image, (height, width)) of TensorFlow 2: bilinear with
/// half-pixel centres and no antialiasing, all in float32, results not rounded
/// (tensorflow/core/kernels/resize_bilinear_op.cc). Writes height x width x 3
/// floats of 0..255 to `out`.
void resize_tensorflow(const Image& image, std::size_t height,
                       std::size_t width, float* out);

/// Pillow's Image.resize((width, height), BILINEAR): antialiased triangle
/// filter in 22-bit fixed point, horizontally then vertically, 8-bit between
/// (src/libImaging/Resample.c).
Image resize_pillow(const Image& image, std::size_t height, std::size_t width);

}  // namespace imsearch
