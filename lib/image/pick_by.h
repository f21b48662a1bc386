// How a decoder whose rows come one after the other gives chosen pixels of a
// picture, and what it may take for them.
#pragma once

#include "image/image.h"
#include "image/pixel_grid.h"

#include <cstdint>
#include <utility>

namespace imsearch {

/// `reader` has read its header: it knows width() and height(), what it holds
/// while it picks, held_to_pick(), and gives all pixels, read_pixels(), or some
/// of them, pick_pixels(picker). Throws NeedsMemory where what it holds and the
/// chosen pixels are more than `max_bytes`.
template <typename Reader>
PickedPicture pick_by(Reader& reader, std::uint64_t max_bytes,
                      const ChooseGrids& choose) {
  check_sides(reader.width(), reader.height());
  GridPicker picker(choose(reader.width(), reader.height()));
  PickedPicture picture{reader.width(), reader.height(), {}};
  const bool whole = is_whole(picker.grids(), picture.width, picture.height);
  std::uint64_t needed = whole ? reader.held_bytes() : reader.held_to_pick();
  for (const PixelGrid& grid : picker.grids()) needed += grid.bytes();
  if (needed > max_bytes)
    throw NeedsMemory(picture.width, picture.height, needed);
  if (whole) {
    picture.parts.push_back(reader.read_pixels());
  } else {
    reader.pick_pixels(picker);
    picture.parts = picker.take();
  }
  return picture;
}

}  // namespace imsearch
