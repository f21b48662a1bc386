// JPEG files of any size and kind, made by libjpeg from what a number says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch::test {

struct JpegKind {
  std::size_t width = 0;
  std::size_t height = 0;
  enum class Inks { kGrey, kYcc, kRgb, kCmyk, kYcck } inks = Inks::kYcc;
  // Of the first component; the others have 1 and 1.
  int across = 1;
  int down = 1;
  int quality = 75;
  unsigned restart = 0;  // interval, in units of blocks
  bool progressive = false;
  bool arithmetic = false;

  std::string text() const;
};

/// Any kind, the usual ones more often. Sides of `most` pixels at most.
JpegKind random_kind(std::uint64_t seed, std::size_t most);

/// Gradients, edges and noise that `seed` draws.
std::string jpeg_file(const JpegKind& kind, std::uint64_t seed);

}  // namespace imsearch::test
