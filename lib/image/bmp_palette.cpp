#include "image/bmp_palette.h"

#include "base/error.h"
#include "image/bytes.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {
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
