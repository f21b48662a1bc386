// From the samples of a TIFF to RGB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

enum class TiffColours { kGrey, kInvertedGrey, kPalette, kRgb, kCmyk };

/// How pixels are stored in a strip or a tile (TIFF 6.0).
struct TiffSamples {
  TiffColours colours = TiffColours::kGrey;
  std::size_t bits = 8;   // of a sample: 1, 2, 4, 8 or 16
  std::size_t count = 1;  // samples of a pixel that lie together
  /// Colours were multiplied by the sample behind them, which is divided out.
  bool premultiplied = false;
  std::vector<std::array<std::uint8_t, 3>> palette;  // 2^bits colours

  /// Samples that make a colour, or say how much of it there is.
  std::size_t used() const;
  /// Bytes of a row of `width` pixels.
  std::size_t row_bytes(std::size_t width) const {
    return (width * count * bits + 7) / 8;
  }
};

/// The first used() samples of each of `width` pixels, or all where there are
/// fewer, as bytes: 16 bits, which are in this machine's order, are cut to the
/// upper 8, fewer stay as they are. They lie `step` bytes apart.
void read_samples(const std::uint8_t* row, const TiffSamples& samples,
                  std::size_t width, std::size_t step, std::uint8_t* out);

/// Writes the RGB of `width` pixels of used() bytes each.
void samples_to_rgb(const std::uint8_t* pixels, const TiffSamples& samples,
                    std::size_t width, std::uint8_t* rgb);

}  // namespace imsearch
