#include "image/exif.h"

#include "image/bytes.h"
#include "image/png_chunks.h"
#include "image/webp.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExifPrefix = "Exif\0\0"sv;
constexpr int kAsItStands = 1;

bool starts_with(std::string_view bytes, std::string_view magic) {
  return bytes.substr(0, magic.size()) == magic;
}

/// The content of the first APP1 segment that is EXIF.
std::string_view jpeg_exif(std::string_view jpeg) {
  constexpr std::uint32_t kApp1 = 0xe1;
  constexpr std::uint32_t kStartOfScan = 0xda;
  constexpr std::uint32_t kFill = 0xff;
  for (std::size_t i = 2; i + 4 <= jpeg.size();) {
    if (byte_at(jpeg, i) != kFill) return {};
    const std::uint32_t marker = byte_at(jpeg, i + 1);
    if (marker == kFill) {
      ++i;
      continue;
    }
    if (marker == kStartOfScan) return {};
    const std::size_t length = big_endian_16(jpeg, i + 2);  // its own 2 bytes
    if (length < 2 || jpeg.size() - i - 2 < length) return {};
    const std::string_view content = jpeg.substr(i + 4, length - 2);
    if (marker == kApp1 && starts_with(content, kExifPrefix)) return content;
    i += 2 + length;
  }
  return {};
}

std::string_view exif_block(std::string_view file) {
  if (starts_with(file, "\xff\xd8")) return jpeg_exif(file);
  if (starts_with(file, "\x89PNG\r\n\x1a\n"))
    return find_png_chunk(file, "eXIf").value_or(""sv);
  if (looks_like_webp(file)) return webp_exif(file);
  return {};
}

/// Numbers of a TIFF block, which says itself how its bytes are ordered.
class TiffReader {
 public:
  explicit TiffReader(std::string_view tiff)
      : tiff_(tiff), little_endian_(tiff.substr(0, 2) == "II") {}

  bool holds(std::size_t begin, std::size_t size) const {
    return begin <= tiff_.size() && size <= tiff_.size() - begin;
  }
  std::uint32_t number_16(std::size_t i) const {
    return little_endian_ ? little_endian_16(tiff_, i)
                          : big_endian_16(tiff_, i);
  }
  std::uint32_t number_32(std::size_t i) const {
    return little_endian_ ? little_endian_32(tiff_, i)
                          : big_endian_32(tiff_, i);
  }

 private:
  std::string_view tiff_;
  bool little_endian_;
};

/// The value of an entry in a directory of tags, if it is the orientation.
int orientation_in_entry(const TiffReader& tiff, std::size_t entry) {
  constexpr std::uint32_t kOrientation = 0x0112;
  constexpr std::uint32_t kShort = 3;
  if (tiff.number_16(entry) != kOrientation ||
      tiff.number_16(entry + 2) != kShort || tiff.number_32(entry + 4) != 1)
    return 0;
  const std::uint32_t value = tiff.number_16(entry + 8);
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 0;
}

/// That of the first directory, which is the main picture's.
int orientation_in_tiff(std::string_view bytes) {
  constexpr std::size_t kHeader = 8;
  constexpr std::size_t kEntry = 12;
  if (!starts_with(bytes, "II*\0"sv) && !starts_with(bytes, "MM\0*"sv))
    return kAsItStands;
  const TiffReader tiff(bytes);
  if (!tiff.holds(0, kHeader)) return kAsItStands;
  const std::size_t directory = tiff.number_32(4);
  if (!tiff.holds(directory, 2)) return kAsItStands;
  const std::size_t entries = tiff.number_16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntry;
    if (!tiff.holds(entry, kEntry)) break;
    const int orientation = orientation_in_entry(tiff, entry);
    if (orientation != 0) return orientation;
  }
  return kAsItStands;
}

}  // namespace

int exif_orientation(std::string_view image_file) {
  std::string_view block = exif_block(image_file);
  // PNG and WebP have none by their rules, but some programs write it.
  if (starts_with(block, kExifPrefix)) block.remove_prefix(kExifPrefix.size());
  return orientation_in_tiff(block);
}

Image turn_upright(Image image, int orientation) {
  if (orientation == kAsItStands) return image;
  constexpr std::size_t kChannels = 3;
  const bool on_its_side = orientation >= 5;
  // Whether the file's columns run from right to left, and its rows upwards, in
  // the order in which the upright picture wants them.
  const bool columns_back = orientation == 2 || orientation == 3 ||
                            orientation == 7 || orientation == 8;
  const bool rows_back = orientation == 3 || orientation == 4 ||
                         orientation == 6 || orientation == 7;
  Image upright{image.width, image.height, {}};
  if (on_its_side) std::swap(upright.width, upright.height);
  upright.rgb.resize(image.rgb.size());
  std::uint8_t* out = upright.rgb.data();
  for (std::size_t y = 0; y < upright.height; ++y)
    for (std::size_t x = 0; x < upright.width; ++x) {
      std::size_t column = on_its_side ? y : x;
      std::size_t row = on_its_side ? x : y;
      if (columns_back) column = image.width - 1 - column;
      if (rows_back) row = image.height - 1 - row;
      const std::uint8_t* in =
          image.rgb.data() + (row * image.width + column) * kChannels;
      out = std::copy(in, in + kChannels, out);
    }
  return upright;
}

}  // namespace imsearch
