// Nothing is decoded: parts are counted by the lengths in front of them, and a
// length that leads out of the file ends the count.
#include "image/several_pictures.h"

#include "image/bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

bool starts_with(std::string_view text, std::string_view head) {
  return text.substr(0, head.size()) == head;
}

/// Bytes of a table of colours, as the flags of a GIF's screen or frame say.
std::size_t palette_bytes(std::uint32_t flags) {
  return (flags & 0x80U) == 0 ? 0 : std::size_t{3} << ((flags & 7U) + 1);
}

/// Behind the blocks that start at `i`, each with its length; the last has
/// none.
std::size_t behind_blocks(std::string_view file, std::size_t i) {
  while (i < file.size() && byte_at(file, i) != 0) i += 1 + byte_at(file, i);
  return i + 1;
}

bool gif_has_frames(std::string_view file) {
  constexpr std::size_t kHeader = 13;
  constexpr std::size_t kFrame = 10;
  if (file.size() < kHeader) return false;
  std::size_t frames = 0;
  std::size_t i = kHeader + palette_bytes(byte_at(file, 10));
  while (i + kFrame <= file.size()) {
    if (file[i] == '!') {
      i = behind_blocks(file, i + 2);
    } else if (file[i] == ',') {
      if (++frames == 2) return true;
      const std::size_t palette = palette_bytes(byte_at(file, i + 9));
      i = behind_blocks(file, i + kFrame + palette + 1);
    } else {
      return false;
    }
  }
  return false;
}

/// The chunk that says so comes before the pixels.
bool png_is_animated(std::string_view file) {
  std::size_t i = 8;
  while (i + 8 <= file.size()) {
    const std::string_view type = file.substr(i + 4, 4);
    if (type == "acTL") return true;
    if (type == "IDAT") return false;
    i += std::size_t{12} + big_endian_32(file, i);
  }
  return false;
}

bool webp_is_animated(std::string_view file) {
  constexpr std::uint32_t kAnimation = 2;
  return file.size() > 20 && file.substr(8, 8) == "WEBPVP8X" &&
         (byte_at(file, 20) & kAnimation) != 0;
}

/// By the brands of image sequences.
bool heif_is_sequence(std::string_view file) {
  const std::size_t end =
      std::min<std::size_t>(big_endian_32(file, 0), file.size());
  for (std::size_t i = 8; i + 4 <= end; i += 4) {
    const std::string_view brand = file.substr(i, 4);
    if (brand == "msf1" || brand == "hevc" || brand == "hevx" ||
        brand == "avis")
      return true;
  }
  return false;
}

/// Whether the first directory has a second one behind it.
bool tiff_has_pages(std::string_view file) {
  if (file.size() < 8) return false;
  const bool little = file[0] == 'I';
  const auto number_16 = little ? little_endian_16 : big_endian_16;
  const auto number_32 = little ? little_endian_32 : big_endian_32;
  constexpr std::size_t kEntry = 12;
  const std::size_t first = number_32(file, 4);
  if (first + 2 > file.size()) return false;
  const std::size_t next = first + 2 + kEntry * number_16(file, first);
  return next + 4 <= file.size() && number_32(file, next) != 0;
}

}  // namespace

bool holds_several_pictures(std::string_view file) {
  if (starts_with(file, "GIF8")) return gif_has_frames(file);
  if (starts_with(file, "\x89PNG\r\n\x1a\n")) return png_is_animated(file);
  if (starts_with(file, "RIFF")) return webp_is_animated(file);
  if (file.size() >= 12 && file.substr(4, 4) == "ftyp")
    return heif_is_sequence(file);
  if (starts_with(file, "II*\0"sv) || starts_with(file, "MM\0*"sv))
    return tiff_has_pages(file);
  return false;
}

}  // namespace imsearch
