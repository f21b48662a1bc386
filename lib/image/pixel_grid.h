// Some rows and some columns of a picture, and the pixels where they cross.
//
// A resize that does not antialias, and the perceptual hash, look at a small
// part of a large photo: at 4 % of 12 megapixels. They say which rows and
// columns they read, and a decoder that knows it before it begins makes and
// keeps no other pixels.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace imsearch {

/// Places along a side, counted from 0, ascending, each once.
using Places = std::vector<std::size_t>;

/// Ascending, and each once.
Places distinct(Places places);

/// All places of a side.
Places all_places(std::size_t side);

/// Where `place`, which must be one of them, is among `places`.
std::size_t rank_of(const Places& places, std::size_t place);

struct PixelGrid {
  Places rows;
  Places columns;

  std::size_t bytes() const { return rows.size() * columns.size() * kChannels; }
};

/// All pixels.
PixelGrid whole_grid(std::size_t width, std::size_t height);

/// Whether all that is wanted of a picture is the whole of it, once.
bool is_whole(const std::vector<PixelGrid>& grids, std::size_t width,
              std::size_t height);

/// The pixels of `image`, in which the grid must lie, as a picture of
/// grid.rows.size() rows.
Image pick(const Image& image, const PixelGrid& grid);

/// Which pixels of a picture, of which only the sides are known yet, are
/// wanted. A decoder calls it once.
using ChooseGrids = std::function<std::vector<PixelGrid>(std::size_t width,
                                                         std::size_t height)>;

/// What was picked of a picture: for each grid, in their order, an image as
/// pick() gives it.
struct PickedPicture {
  std::size_t width = 0;  // of the whole picture
  std::size_t height = 0;
  std::vector<Image> parts;
};

/// Picks while the rows of a picture come, from the top to the bottom.
class GridPicker {
 public:
  explicit GridPicker(std::vector<PixelGrid> grids);

  const std::vector<PixelGrid>& grids() const { return grids_; }

  /// Calls write(grid, out) for each grid that has row `y`, by its number, of
  /// which `out` takes columns.size() pixels. Rows between two calls are left
  /// out, so that no grid may have them.
  template <typename Write>
  void at_row(std::size_t y, Write write) {
    for (std::size_t i = 0; i < grids_.size(); ++i)
      if (wants(i, y)) write(i, next_row(i));
  }

  /// `rgb`: all pixels of row `y`.
  void add_row(std::size_t y, const std::uint8_t* rgb);

  /// Once all rows were added.
  std::vector<Image> take() { return std::move(parts_); }

 private:
  bool wants(std::size_t grid, std::size_t y) const {
    const Places& rows = grids_[grid].rows;
    return parts_[grid].height < rows.size() && rows[parts_[grid].height] == y;
  }
  std::uint8_t* next_row(std::size_t grid);

  std::vector<PixelGrid> grids_;
  std::vector<Image> parts_;
};

}  // namespace imsearch
