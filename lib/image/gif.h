// The first frame of a GIF by giflib, as TensorFlow's decode_jpeg and
// decode_image (expand_animations = False) give it.
//
// Their canvas is as wide and as high as the largest frame of the file,
// whatever the header says. The first frame lies on it at its offset, and is
// cut off there. What it leaves free is black, and so are its transparent
// pixels (tensorflow/core/lib/gif/gif_io.cc).
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// A first frame that is not whole is an error; of the others, those before the
/// first one that is not whole count towards the canvas. Throws Error with the
/// reason alone. Thread-safe.
Image decode_gif(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace imsearch
