// Writes a JPEG from top to bottom, so that only a strip of a large picture is
// in memory.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <memory>
#include <string>

namespace imsearch {

/// The longest side of a JPEG (JPEG_MAX_DIMENSION of libjpeg).
inline constexpr std::size_t kMaxJpegSide = 65500;

class JpegWriter {
 public:
  /// Both sides are 1 … kMaxJpegSide. Throws Error.
  JpegWriter(std::size_t width, std::size_t height);
  ~JpegWriter();
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  /// Adds the lines of `strip`, as wide as the picture. Throws Error.
  void add(const Image& strip);

  /// The whole file, once all lines were added. Throws Error.
  std::string finish();

  struct State;  // libjpeg's, with the place that its errors jump to

 private:
  std::unique_ptr<State> state_;
};

}  // namespace imsearch
