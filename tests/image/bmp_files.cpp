#include "image/bmp_files.h"

#include "image/drawn_image.h"
#include "image/image_files.h"

namespace imsearch::test {
namespace {

/// `count` bytes of drawn_image(); other ones for another `from`.
std::string drawn_bytes(std::size_t from, std::size_t count) {
  const Image image = drawn_image(from + count, 1);
  return {image.rgb.begin() + static_cast<std::ptrdiff_t>(from),
          image.rgb.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

std::string palette_of(const Bmp& bmp) {
  const std::size_t entry = bmp.header == 12 ? 3 : 4;
  std::size_t colours = bmp.beside;
  if (bmp.bits <= 8)
    colours = bmp.colours != 0 ? bmp.colours : std::size_t{1} << bmp.bits;
  return drawn_bytes(100, colours * entry);
}

std::string header_of(const Bmp& bmp) {
  const auto size = static_cast<std::uint32_t>(bmp.header);
  if (bmp.header == 12)
    return little_endian(size, 4) + little_endian(bmp.width, 2) +
           little_endian(bmp.height, 2) + little_endian(1, 2) +
           little_endian(bmp.bits, 2);
  std::string masks;
  for (const std::uint32_t mask : bmp.masks) masks += little_endian(mask, 4);
  std::string rest = masks + std::string(124, '\0');
  const bool behind = bmp.header == 40 && bmp.masks[0] != 0;
  rest.resize(behind ? 12 : bmp.header < 40 ? 0 : bmp.header - 40);
  return little_endian(size, 4) + little_endian(bmp.width, 4) +
         little_endian(bmp.top_down ? ~bmp.height + 1 : bmp.height, 4) +
         little_endian(1, 2) + little_endian(bmp.bits, 2) +
         little_endian(bmp.compression, 4) + std::string(12, '\0') +
         little_endian(bmp.colours + bmp.beside, 4) + std::string(4, '\0') +
         rest;
}

}  // namespace

std::string bmp_bytes(const Bmp& bmp) {
  const std::string front =
      header_of(bmp) + palette_of(bmp) + drawn_bytes(2000, bmp.gap);
  const std::size_t stride = (bmp.width * bmp.bits + 31) / 32 * 4;
  const auto offset = static_cast<std::uint32_t>(14 + front.size());
  return "BM" + std::string(8, '\0') +
         little_endian(bmp.says_where ? offset : 0, 4) + front +
         (bmp.pixels.empty() ? drawn_bytes(3000, stride * bmp.height)
                             : bmp.pixels);
}

std::string run_lengths_8() {
  const std::string first("\3\5\4\6\0\0", 6);               // 3 + 4, end of row
  const std::string second("\0\3\1\2\3\0\x0a\7\0\0", 10);   // copy, too long
  const std::string third("\2\x08\0\2\2\0\3\x09\0\1", 10);  // run, move, run
  return first + second + third;
}

std::string run_lengths_4() {
  const std::string first("\3\x52\4\x61\0\0", 6);
  const std::string second("\0\5\x12\x34\x50\0\x0a\x7a\0\0", 10);
  const std::string third("\2\x8b\0\2\2\0\3\x9c\0\1", 10);
  return first + second + third;
}

}  // namespace imsearch::test
