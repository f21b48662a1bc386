// Single pixels of a JPEG from its planes of brightness and colour, as
// libjpeg-turbo makes whole rows of them: colours that are stored for every
// other pixel run smoothly into each other ("fancy upsampling", jdsample.c),
// and become RGB in 16-bit fixed point (jdcolor.c). Equal to the bit.
//
// libjpeg does this for all pixels and for whole rows at a time, in vector
// instructions: that is the faster way once more than a tenth of them is
// wanted.
#pragma once

#include "image/pixel_grid.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// How the planes of a picture lie. The first has a value for each pixel; the
/// others for each pixel, for two side by side, or for two by two.
struct PlaneLayout {
  static constexpr std::size_t kRows = 8;  // of a block

  std::size_t width = 0;  // of the picture
  std::size_t height = 0;
  std::size_t planes = 0;  // 1: grey
  /// A value's pixels: 1 or 2 across, 1 or 2 down.
  std::size_t across = 1;
  std::size_t down = 1;

  /// Rows of the first plane, and of the others, that come at a time.
  std::size_t band_rows() const { return kRows * down; }
  std::size_t plane_height(std::size_t plane) const {
    return plane == 0 ? height : (height + down - 1) / down;
  }
  std::size_t plane_width(std::size_t plane) const {
    return plane == 0 ? width : (width + across - 1) / across;
  }
};

/// Takes planes band by band and gives a GridPicker its pixels. Between two
/// rows of colour lie pixels that need both, so that each band waits for the
/// next.
class PlanePixels {
 public:
  /// `row_bytes`: what a row of each plane may take, its padding included.
  PlanePixels(const PlaneLayout& layout,
              const std::array<std::size_t, kChannels>& row_bytes,
              GridPicker& picker);

  /// Where row `i` of the next band of a plane goes.
  std::uint8_t* next_row(std::size_t plane, std::size_t i);

  std::size_t row_bytes(std::size_t plane) const { return row_bytes_[plane]; }

  /// The next band is there.
  void add_band();

  /// There is no further band.
  void finish();

 private:
  // What each of the grid's columns reads.
  struct Tap {
    std::uint32_t pixel;
    std::uint32_t near;    // in planes of colour
    std::uint32_t beside;  // the value that it runs into
    std::int32_t round;
  };

  const std::uint8_t* row(std::size_t plane, std::size_t y) const;
  void give_rows(std::size_t end);
  void give_row(std::size_t y, const std::vector<Tap>& taps, std::uint8_t* out);
  void read_color(std::size_t plane, std::size_t y,
                  const std::vector<Tap>& taps);
  std::vector<Tap> taps_of(const Places& columns) const;

  PlaneLayout layout_;
  GridPicker& picker_;
  std::array<std::size_t, kChannels> row_bytes_;
  // Two bands of each plane; the rows of one band are followed by those of the
  // next, and overwritten by those of the one after.
  std::array<std::vector<std::uint8_t>, kChannels> bands_;
  std::array<std::vector<std::int32_t>, kChannels> values_;
  std::vector<std::vector<Tap>> taps_;  // of each grid
  std::size_t added_ = 0;               // bands
  std::size_t given_ = 0;               // rows
};

}  // namespace imsearch
