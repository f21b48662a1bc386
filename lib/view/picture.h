// An image file for people to look at: upright, small, and as a JPEG of its
// own.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <string>

namespace imsearch {

/// A picture, fitted into a square.
struct Picture {
  Image pixels;
  // Of the file, as it is turned for people: pixels.
  std::size_t width = 0;
  std::size_t height = 0;
};

/// What becomes of pictures that are smaller than the square.
enum class SmallPictures { kEnlarged, kKept };

/// Reads an image file, fits it into `side` x `side` pixels, keeping its
/// proportions, and turns it upright as its EXIF says. Takes its turn at memory
/// (io/memory_turn.h): for many threads at once. Throws Error where the file is
/// gone or broken; NotEnoughMemory where the machine is too small for it;
/// OutOfMemory, std::bad_alloc where it might do later.
Picture load_picture(const std::string& path, std::size_t side,
                     SmallPictures small);

/// A JPEG of an image file: some 10 kB at a side of 256 pixels.
struct Thumbnail {
  std::string jpeg;  // the bytes of a file
  // Of the thumbnail: at most the side that was asked for.
  std::size_t shown_width = 0;
  std::size_t shown_height = 0;
  // Of the image file, as it is turned for people.
  std::size_t width = 0;
  std::size_t height = 0;
};

/// load_picture() without enlarging, as a JPEG that has no EXIF. Throws as that
/// does.
Thumbnail make_thumbnail(const std::string& path, std::size_t side);

}  // namespace imsearch
