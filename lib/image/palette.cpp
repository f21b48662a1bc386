#include "image/palette.h"

#include "base/error.h"
#include "image/bytes.h"
#include "image/png_chunks.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {
namespace {

// The PNG with black added to its palette. The chunk's checksum becomes wrong;
// stb_image does not look at it.
std::string with_longer_palette(std::string_view png, const PngChunk& palette,
                                std::size_t colours) {
  const auto begin = static_cast<std::size_t>(palette.data.data() - png.data());
  const std::size_t end = begin + palette.data.size();
  const std::size_t length = colours * 3;
  std::string result(png.substr(0, end));
  result.append(length - palette.data.size(), '\0');
  result.append(png.substr(end));
  constexpr std::size_t kLengthBefore = 8;  // the lower half is used
  result[begin - kLengthBefore + 2] = static_cast<char>(length >> 8);
  result[begin - kLengthBefore + 3] = static_cast<char>(length & 255);
  return result;
}

}  // namespace

std::string with_whole_png_palette(std::string_view png) {
  constexpr std::uint32_t kPaletteColour = 3;
  std::size_t colours = 0;
  for (const PngChunk& chunk : png_chunks(png)) {
    if (chunk.type == "IHDR" && chunk.data.size() == 13 &&
        byte_at(chunk.data, 9) == kPaletteColour && byte_at(chunk.data, 8) <= 8)
      colours = std::size_t{1} << byte_at(chunk.data, 8);
    if (chunk.type != "PLTE") continue;
    const std::size_t length = chunk.data.size();
    if (length == 0 || length % 3 != 0 || length >= colours * 3) break;
    return with_longer_palette(png, chunk, colours);
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
