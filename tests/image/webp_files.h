// WebP files as bytes, for tests.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch::test {

/// A lossless file of this picture.
std::string webp_file(const Image& image);
/// The same with an alpha of `alpha` everywhere.
std::string webp_file(const Image& image, std::uint8_t alpha);

/// A chunk of a RIFF file, padded to an even size.
std::string webp_chunk(const std::string& type, const std::string& data);

/// The chunk of the picture in what webp_file() gives.
std::string webp_picture(const std::string& file);

/// A file with the extended header. Flags: 2 animation, 8 EXIF, 16 alpha.
std::string extended_webp(std::uint32_t width, std::uint32_t height,
                          unsigned flags, const std::string& chunks);

/// A frame of an animation at x, y, both even.
std::string webp_frame(std::uint32_t x, std::uint32_t y, const Image& image);

}  // namespace imsearch::test
