#include "image/palette.h"

#include "base/error.h"
#include "image/bytes.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {
namespace {

// The PLTE chunk at `begin` grown to `colours`. Its checksum becomes wrong;
// stb_image does not look at it.
std::string with_longer_chunk(std::string_view png, std::size_t begin,
                              std::size_t length, std::size_t colours) {
  const std::size_t data_end = begin + 8 + length;
  std::string result(png.substr(0, data_end));
  result.append(colours * 3 - length, '\0');
  result.append(png.substr(data_end));
  result[begin + 2] = static_cast<char>(colours * 3 >> 8);
  result[begin + 3] = static_cast<char>(colours * 3 & 255);
  return result;
}

}  // namespace

std::string with_whole_png_palette(std::string_view png) {
  constexpr std::size_t kSignature = 8;
  constexpr std::size_t kChunkFrame = 12;  // length, type, checksum
  constexpr std::uint32_t kPaletteColour = 3;
  std::size_t colours = 0;
  std::size_t begin = kSignature;
  while (begin + kChunkFrame <= png.size()) {
    const std::size_t length = big_endian_32(png, begin);
    const std::string_view type = png.substr(begin + 4, 4);
    if (length > png.size() - begin - kChunkFrame || type == "IDAT") break;
    if (type == "IHDR" && length == 13) {
      const std::uint32_t depth = byte_at(png, begin + 16);
      if (byte_at(png, begin + 17) != kPaletteColour || depth > 8) break;
      colours = std::size_t{1} << depth;
    }
    if (type == "PLTE") {
      if (length == 0 || length % 3 != 0 || length >= colours * 3) break;
      return with_longer_chunk(png, begin, length, colours);
    }
    begin += length + kChunkFrame;
  }
  return {};
}

std::string with_whole_bmp_palette(std::string_view bmp) {
  constexpr std::size_t kFileHeader = 14;
  constexpr std::size_t kOs2Header = 12;
  constexpr std::size_t kSmallest = 30;  // up to the bits per pixel
  if (bmp.size() < kSmallest) return {};
  const std::size_t data = little_endian_32(bmp, 10);
  const std::size_t header = little_endian_32(bmp, 14);
  const bool os2 = header == kOs2Header;
  const std::uint32_t bits = little_endian_16(bmp, os2 ? 24 : 28);
  if (bits > 8 || data > bmp.size() || header > bmp.size()) return {};
  if (data < kFileHeader + header)
    fail("invalid BMP: pixels begin at byte {}, within the header of {}", data,
         kFileHeader + header);
  // stb_image counts an OS/2 palette from 12 bytes behind its header.
  const std::size_t colours = std::size_t{1} << bits;
  const std::size_t wanted =
      kFileHeader + (os2 ? 2 * kOs2Header + colours * 3 : header + colours * 4);
  if (data >= wanted) return {};
  std::string result(bmp.substr(0, data));
  result.append(wanted - data, '\0');
  result.append(bmp.substr(data));
  for (std::size_t i = 0; i < 4; ++i)
    result[10 + i] = static_cast<char>(wanted >> (8 * i) & 255);
  return result;
}

}  // namespace imsearch
