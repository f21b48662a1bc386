// Pictures are shrunk before they are turned: that is less work, and to the eye
// the same picture.
#include "view/picture.h"

#include "image/decode.h"
#include "image/exif.h"
#include "image/resize.h"
#include "io/mapped_file.h"
#include "io/memory_turn.h"
#include "view/canvas.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

Image fit(Image picture, std::size_t square, SmallPictures small) {
  const std::size_t longer = std::max(picture.width, picture.height);
  if (small == SmallPictures::kKept && longer <= square) return picture;
  // Rounded, and never to nothing: a panorama still is a line.
  const auto side = [&](std::size_t pixels) {
    return std::max<std::size_t>(1, (pixels * square + longer / 2) / longer);
  };
  return resize_pillow(picture, side(picture.height), side(picture.width));
}

/// Within the memory of `turn`, which grows where needed.
Picture load(const std::string& path, std::size_t side, SmallPictures small,
             MemoryTurn& turn) {
  const MappedFile file(path);
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()),
                               file.size());
  const auto fitted = [&](std::uint64_t max_bytes) {
    Image whole = decode_image(bytes, path, Reference::kTensorflow, max_bytes);
    Picture picture;
    picture.width = whole.width;
    picture.height = whole.height;
    const int orientation = exif_orientation(bytes);
    // From 5 on, EXIF turns by a quarter.
    if (orientation >= 5) std::swap(picture.width, picture.height);
    picture.pixels =
        turn_upright(fit(std::move(whole), side, small), orientation);
    return picture;
  };
  try {
    return fitted(turn.small_bytes());
  } catch (const NeedsMemory& e) {
    turn.grow(e.bytes, "its pixels");
    return fitted(e.bytes);
  }
}

}  // namespace

// A passing lack of memory is not the picture's fault: it is tried once more
// when nothing else is decoded, and then is a failure.
Picture load_picture(const std::string& path, std::size_t side,
                     SmallPictures small) {
  MemoryTurn turn;
  try {
    return load(path, side, small, turn);
  } catch (const std::bad_alloc&) {
    // Outside this handler: what it holds is to be freed first.
  }
  turn.be_alone();
  return load(path, side, small, turn);
}

Thumbnail make_thumbnail(const std::string& path, std::size_t side) {
  // Half the resolution of colour, which nobody misses in a photo.
  constexpr int kQuality = 80;
  const Picture picture = load_picture(path, side, SmallPictures::kKept);
  return {to_jpeg(picture.pixels, kQuality), picture.pixels.width,
          picture.pixels.height, picture.width, picture.height};
}

}  // namespace imsearch
