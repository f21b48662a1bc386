// The orientation, from a block of EXIF, which is a TIFF directory whose
// offsets nobody has checked, or from XMP as text; and turning a picture by it.
// Where the blocks are is told by image/metadata.h. Whatever is broken means
// "as it stands": a picture that cannot be turned is still a picture.
#include "image/exif.h"

#include "image/bytes.h"
#include "image/metadata.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr int kAsItStands = 1;

/// Numbers of a TIFF block, which says itself how its bytes are ordered.
class TiffReader {
 public:
  explicit TiffReader(std::string_view tiff)
      : tiff_(tiff), little_endian_(tiff.substr(0, 2) == "II") {}

  std::size_t size() const { return tiff_.size(); }
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
  std::uint64_t number_64(std::size_t i) const {
    const std::uint64_t first = number_32(i);
    const std::uint64_t second = number_32(i + 4);
    return little_endian_ ? first | second << 32 : first << 32 | second;
  }
  std::uint32_t byte(std::size_t i) const { return byte_at(tiff_, i); }

 private:
  std::string_view tiff_;
  bool little_endian_;
};

// TIFF's types of values, and one of BigTIFF's.
enum class Type : std::uint32_t {
  kByte = 1,
  kAscii = 2,
  kShort = 3,
  kLong = 4,
  kRational = 5,
  kSignedByte = 6,
  kUndefined = 7,
  kSignedShort = 8,
  kSignedLong = 9,
  kSignedRational = 10,
  kFloat = 11,
  kDouble = 12,
  kDirectory = 13,
  kLong8 = 16,
};

/// Bytes of a value; 0 for a type that TIFF does not have.
std::size_t size_of(Type type) {
  switch (type) {
    case Type::kByte:
    case Type::kAscii:
    case Type::kSignedByte:
    case Type::kUndefined:
      return 1;
    case Type::kShort:
    case Type::kSignedShort:
      return 2;
    case Type::kLong:
    case Type::kSignedLong:
    case Type::kFloat:
    case Type::kDirectory:
      return 4;
    case Type::kRational:
    case Type::kSignedRational:
    case Type::kDouble:
    case Type::kLong8:
      return 8;
  }
  return 0;
}

template <typename To, typename From>
To same_bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// The value at `at` as a number; 0 for bytes and texts, which are not numbers.
double value_at(const TiffReader& tiff, Type type, std::size_t at) {
  switch (type) {
    case Type::kShort:
      return tiff.number_16(at);
    case Type::kSignedShort:
      return same_bits<std::int16_t>(
          static_cast<std::uint16_t>(tiff.number_16(at)));
    case Type::kSignedByte:
      return same_bits<std::int8_t>(static_cast<std::uint8_t>(tiff.byte(at)));
    case Type::kLong:
    case Type::kDirectory:
      return tiff.number_32(at);
    case Type::kSignedLong:
      return same_bits<std::int32_t>(tiff.number_32(at));
    case Type::kLong8:
      return static_cast<double>(tiff.number_64(at));
    case Type::kFloat:
      return same_bits<float>(tiff.number_32(at));
    case Type::kDouble:
      return same_bits<double>(tiff.number_64(at));
    case Type::kRational:
    case Type::kSignedRational: {
      const double divisor = tiff.number_32(at + 4);
      return divisor == 0 ? 0 : tiff.number_32(at) / divisor;
    }
    case Type::kByte:
    case Type::kAscii:
    case Type::kUndefined:
      break;
  }
  return 0;
}

/// 1 to 8, or as it stands.
int as_orientation(double value) {
  for (int orientation = 1; orientation <= 8; ++orientation)
    if (value == orientation) return orientation;
  return kAsItStands;
}

/// The orientation in the first directory, which is the main picture's; nothing
/// where the directory has no such entry. Of several entries with a tag the
/// first one counts, and of several values the first. As with Pillow, the
/// directory ends at an entry whose values lie outside the block, and entries
/// whose values could not all fit into it are passed over.
std::optional<int> orientation_in_directory(const TiffReader& tiff,
                                            std::size_t directory) {
  constexpr std::size_t kEntry = 12;
  constexpr std::size_t kInPlace = 4;  // bytes of values in an entry itself
  constexpr std::uint32_t kOrientation = 0x0112;
  if (!tiff.holds(directory, 2)) return std::nullopt;
  const std::size_t entries = tiff.number_16(directory);
  std::bitset<65536> found;  // by their tags
  std::size_t all_values = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntry;
    if (!tiff.holds(entry, kEntry)) break;
    const std::uint32_t tag = tiff.number_16(entry);
    if (found[tag]) continue;
    const auto type = static_cast<Type>(tiff.number_16(entry + 2));
    // At most 8 times 2^32: no overflow in 64 bits.
    const std::size_t size = size_of(type) * tiff.number_32(entry + 4);
    std::size_t at = entry + 8;
    if (size > kInPlace) {
      all_values += size;
      if (all_values > tiff.size()) continue;
      at = tiff.number_32(at);
      if (!tiff.holds(at, size)) break;
    }
    if (size == 0) continue;
    found.set(tag);
    if (tag == kOrientation) return as_orientation(value_at(tiff, type, at));
  }
  return std::nullopt;
}

/// Nothing where a block has no orientation; as it stands where it is broken.
std::optional<int> orientation_in_exif(std::string_view bytes) {
  constexpr std::size_t kHeader = 8;
  if (bytes.empty()) return std::nullopt;
  // Some programs order the bytes of the number 42 the other way.
  const std::string_view magic = bytes.substr(0, 4);
  if (bytes.size() < kHeader || (magic != "II*\0"sv && magic != "II\0*"sv &&
                                 magic != "MM\0*"sv && magic != "MM*\0"sv))
    return kAsItStands;
  const TiffReader tiff(bytes);
  return orientation_in_directory(tiff, tiff.number_32(4));
}

/// As an attribute or as an element, in a packet that is not parsed further.
int orientation_in_xmp(std::string_view xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  for (std::size_t at = xmp.find(kName); at != std::string_view::npos;
       at = xmp.find(kName, at + 1)) {
    std::string_view rest = xmp.substr(at + kName.size());
    if (rest.substr(0, 2) == "=\"")
      rest.remove_prefix(2);
    else if (rest.substr(0, 1) == ">")
      rest.remove_prefix(1);
    else
      continue;
    if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9')
      return as_orientation(rest[0] - '0');
  }
  return kAsItStands;
}

// Whether the file's columns run from right to left, and its rows upwards, in
// the order in which the upright picture wants them.
bool has_columns_back(int orientation) {
  return orientation == 2 || orientation == 3 || orientation == 7 ||
         orientation == 8;
}
bool has_rows_back(int orientation) {
  return orientation == 3 || orientation == 4 || orientation == 6 ||
         orientation == 7;
}

Places mirrored(Places places, std::size_t side) {
  std::reverse(places.begin(), places.end());
  for (std::size_t& place : places) place = side - 1 - place;
  return places;
}

}  // namespace

int exif_orientation(std::string_view image_file) {
  const Metadata metadata = read_metadata(image_file);
  if (const auto found = orientation_in_exif(metadata.exif)) return *found;
  return orientation_in_xmp(metadata.xmp);
}

Image turn_upright(Image image, int orientation) {
  if (orientation == kAsItStands) return image;
  const bool on_its_side = is_on_its_side(orientation);
  const bool columns_back = has_columns_back(orientation);
  const bool rows_back = has_rows_back(orientation);
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

// From 5 on, the rows of the file are the columns of the picture.
bool is_on_its_side(int orientation) {
  return orientation >= 5;
}

PixelGrid as_stored(const PixelGrid& upright, std::size_t width,
                    std::size_t height, int orientation) {
  PixelGrid stored = upright;
  if (is_on_its_side(orientation)) std::swap(stored.rows, stored.columns);
  if (has_columns_back(orientation))
    stored.columns = mirrored(std::move(stored.columns), width);
  if (has_rows_back(orientation))
    stored.rows = mirrored(std::move(stored.rows), height);
  return stored;
}

}  // namespace imsearch
