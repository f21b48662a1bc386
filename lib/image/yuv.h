// From luma and chroma, as video codecs have them, to RGB, as libavif has
// libyuv do it for Pillow: colours that are stored for every other pixel run
// smoothly into each other.
#pragma once

#include "image/image.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace imsearch {

/// One plane of values, which somebody else holds: a byte each, or two in the
/// order of this machine where they have more than 8 bits.
struct YuvPlane {
  const std::uint8_t* data = nullptr;
  std::size_t row_bytes = 0;
  std::size_t width = 0;
  std::size_t height = 0;
};

struct YuvPicture {
  /// Luma, blue and red difference (green, blue and red if `identity`). Without
  /// the last two it is grey. They are as large as the first, or half as wide,
  /// or half as wide and as high, rounded up.
  std::array<YuvPlane, 3> planes;
  int bits = 8;  // of a value, up to 16
  bool full_range = true;
  bool identity = false;
  /// What red and blue add to luma (ITU-T H.273, table 4); BT.601's unless
  /// said.
  double red_share = 0.299;
  double blue_share = 0.114;
};

/// Rounded to 8 bits. Throws Error if the planes do not fit together.
Image yuv_to_rgb(const YuvPicture& picture);

}  // namespace imsearch
