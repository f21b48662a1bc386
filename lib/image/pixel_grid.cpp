#include "image/pixel_grid.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace imsearch {
namespace {

void pick_row(const std::uint8_t* rgb, const Places& columns,
              std::uint8_t* out) {
  // A run without gaps is the common case of small pictures.
  if (columns.back() - columns.front() + 1 == columns.size()) {
    const std::uint8_t* first = rgb + columns.front() * kChannels;
    std::copy(first, first + columns.size() * kChannels, out);
    return;
  }
  for (const std::size_t column : columns) {
    const std::uint8_t* in = rgb + column * kChannels;
    out[0] = in[0];
    out[1] = in[1];
    out[2] = in[2];
    out += kChannels;
  }
}

}  // namespace

Places distinct(Places places) {
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

Places all_places(std::size_t side) {
  Places places(side);
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

std::size_t rank_of(const Places& places, std::size_t place) {
  return static_cast<std::size_t>(
      std::lower_bound(places.begin(), places.end(), place) - places.begin());
}

PixelGrid whole_grid(std::size_t width, std::size_t height) {
  return {all_places(height), all_places(width)};
}

bool is_whole(const std::vector<PixelGrid>& grids, std::size_t width,
              std::size_t height) {
  return grids.size() == 1 && grids[0].rows.size() == height &&
         grids[0].columns.size() == width;
}

Image pick(const Image& image, const PixelGrid& grid) {
  GridPicker picker({grid});
  for (const std::size_t row : grid.rows)
    picker.add_row(row, image.rgb.data() + row * image.width * kChannels);
  return std::move(picker.take().front());
}

GridPicker::GridPicker(std::vector<PixelGrid> grids)
    : grids_(std::move(grids)), parts_(grids_.size()) {
  for (std::size_t i = 0; i < grids_.size(); ++i) {
    parts_[i].width = grids_[i].columns.size();
    // Rows are added as they come, so that a header's large claim costs nothing
    // until there is data behind it.
    parts_[i].rgb.reserve(grids_[i].bytes());
  }
}

void GridPicker::add_row(std::size_t y, const std::uint8_t* rgb) {
  at_row(y, [&](std::size_t grid, std::uint8_t* out) {
    pick_row(rgb, grids_[grid].columns, out);
  });
}

std::uint8_t* GridPicker::next_row(std::size_t grid) {
  Image& part = parts_[grid];
  ++part.height;
  const std::size_t row_bytes = part.width * kChannels;
  part.rgb.resize(part.height * row_bytes);
  return part.rgb.data() + (part.height - 1) * row_bytes;
}

}  // namespace imsearch
