// Image files as bytes, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch::test {

/// The bytes of tests/golden/images/NAME.
std::string golden_image(const std::string& name);

/// `value` as `count` bytes, the lowest first or last.
std::string little_endian(std::uint32_t value, std::size_t count);
std::string big_endian(std::uint32_t value, std::size_t count);

/// zlib's format (RFC 1950), stored and not compressed.
std::string zlib_stored(const std::string& data);

/// A PNG chunk with its checksum.
std::string png_chunk(const std::string& type, const std::string& data);

/// A PNG file. `zlib_rows`: filter byte and values of each row, as zlib has
/// them. `before_data`: whole chunks. Types: 0 grey, 2 RGB, 3 palette, 4 grey
/// and alpha, 6 RGB and alpha.
std::string png_file(std::uint32_t width, std::uint32_t height, int depth,
                     int type, const std::string& zlib_rows,
                     const std::string& before_data = {});

/// A BMP file of `bits` per pixel with `palette` (4 bytes a colour) and the
/// rows as given, the lowest first, each padded to 4 bytes.
std::string bmp_file(std::uint32_t width, std::uint32_t height, int bits,
                     const std::string& palette, const std::string& rows);

/// A TGA file of kind 2 (RGB) or 10 (the same, run-length), from the top.
std::string tga_file(std::uint32_t width, std::uint32_t height, int kind,
                     const std::string& bgr);

/// The JPEG with other sides claimed in its frame header.
std::string with_sides(std::string jpeg, std::uint32_t width,
                       std::uint32_t height);

/// A TIFF block with this orientation, after another tag.
std::string exif_block(int orientation, bool little_endian = true);

/// The JPEG with a segment APP1 added: "Exif", two zeros, the block.
std::string jpeg_with_exif(const std::string& jpeg, const std::string& block);

}  // namespace imsearch::test
