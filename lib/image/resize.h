// Resizing, bit-exact to the two references.
#pragma once

#include "image/image.h"
#include "image/pixel_grid.h"

#include <cstddef>

namespace imsearch {

/// tf.image.resize(image, (height, width)) of TensorFlow 2: bilinear with
/// half-pixel centres and no antialiasing, all in float32, results not rounded
/// (tensorflow/core/kernels/resize_bilinear_op.cc). Writes height x width x 3
/// floats of 0..255 to `out`. The image must not be empty.
void resize_tensorflow(const Image& image, std::size_t height,
                       std::size_t width, float* out);

/// Both sides of a picture before and after, in pixels.
struct Resizing {
  std::size_t in_height;
  std::size_t in_width;
  std::size_t height;
  std::size_t width;
};

/// The pixels that resize_tensorflow() reads.
PixelGrid tensorflow_grid(const Resizing& resizing);

/// The same as resize_tensorflow(), from the pixels of tensorflow_grid() alone.
void resize_picked_tensorflow(const Image& picked, const Resizing& resizing,
                              float* out);

/// A part of a picture, in pixels.
struct Window {
  std::size_t top = 0;
  std::size_t left = 0;
  std::size_t height = 0;
  std::size_t width = 0;
};

/// Pillow's Image.resize((width, height), BILINEAR): antialiased triangle
/// filter in 22-bit fixed point, horizontally then vertically, 8-bit between
/// (src/libImaging/Resample.c). The image must not be empty.
Image resize_pillow(const Image& image, std::size_t height, std::size_t width);

/// A window of that result, without the rest being computed: a picture of
/// 60000x1 pixels may be enlarged for the sake of its middle. The window must
/// lie within height x width.
Image resize_pillow(const Image& image, std::size_t height, std::size_t width,
                    const Window& window);

}  // namespace imsearch
