#include "image/exif_date.h"

#include "base/error.h"
#include "image/bytes.h"
#include "image/metadata.h"

#include <array>
#include <cstddef>

namespace imsearch {
namespace {

constexpr std::uint32_t kDateTime = 0x0132;
constexpr std::uint32_t kExifDirectory = 0x8769;
constexpr std::uint32_t kDateTimeOriginal = 0x9003;
constexpr std::uint32_t kDateTimeDigitized = 0x9004;

/// A TIFF block, none of whose offsets anybody has checked.
class Block {
 public:
  explicit Block(std::string_view bytes)
      : bytes_(bytes), little_(bytes.substr(0, 2) == "II") {}

  bool is_tiff() const {
    return bytes_.size() >= 8 && (little_ || bytes_.substr(0, 2) == "MM") &&
           number_16(2) == 42;
  }
  std::uint32_t first_directory() const { return number_32(4); }

  /// What the entry with that tag says, in four bytes: mostly where its value
  /// is. None if the directory has no such entry.
  std::optional<std::uint32_t> value(std::size_t directory,
                                     std::uint32_t tag) const {
    if (!holds(directory, 2)) return std::nullopt;
    const std::size_t entries = number_16(directory);
    for (std::size_t i = 0; i < entries; ++i) {
      const std::size_t entry = directory + 2 + 12 * i;
      if (!holds(entry, 12)) return std::nullopt;
      if (number_16(entry) == tag) return number_32(entry + 8);
    }
    return std::nullopt;
  }

  std::string_view text(std::size_t at, std::size_t size) const {
    return holds(at, size) ? bytes_.substr(at, size) : std::string_view();
  }

 private:
  bool holds(std::size_t begin, std::size_t size) const {
    return begin <= bytes_.size() && size <= bytes_.size() - begin;
  }
  std::uint32_t number_16(std::size_t i) const {
    return little_ ? little_endian_16(bytes_, i) : big_endian_16(bytes_, i);
  }
  std::uint32_t number_32(std::size_t i) const {
    return little_ ? little_endian_32(bytes_, i) : big_endian_32(bytes_, i);
  }

  std::string_view bytes_;
  bool little_;
};

/// The number that `count` digits of `text` from `at` on are; -1: others.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = 10 * value + (text[i] - '0');
  }
  return value;
}

/// Days from 1970-01-01, in the Gregorian calendar.
std::int64_t days_to(int year, int month, int day) {
  constexpr std::array<int, 12> kBefore = {0,   31,  59,  90,  120, 151,
                                           181, 212, 243, 273, 304, 334};
  const auto leaps = [](std::int64_t y) { return y / 4 - y / 100 + y / 400; };
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const std::int64_t before = year - 1;
  return 365 * (before - 1969) + leaps(before) - leaps(1969) +
         kBefore[static_cast<std::size_t>(month - 1)] +
         (leap && month > 2 ? 1 : 0) + day - 1;
}

/// "2019:07:31 18:05:59".
std::optional<std::int64_t> parse(std::string_view text) {
  constexpr std::string_view kForm = "0000:00:00 00:00:00";
  if (text.size() < kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] != '0' && text[i] != kForm[i]) return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  return ((days_to(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

}  // namespace

std::optional<std::int64_t> exif_date(std::string_view image_file) {
  constexpr std::size_t kTextBytes = 19;
  Metadata metadata;
  try {
    metadata = read_metadata(image_file);
  } catch (const Error&) {
    return std::nullopt;  // a PNG whose beginning has none
  }
  const Block block(metadata.exif);
  if (!block.is_tiff()) return std::nullopt;
  const std::uint32_t main = block.first_directory();
  const auto date = [&](std::size_t directory, std::uint32_t tag) {
    const auto at = block.value(directory, tag);
    return at ? parse(block.text(*at, kTextBytes)) : std::nullopt;
  };
  if (const auto exif = block.value(main, kExifDirectory))
    for (const std::uint32_t tag : {kDateTimeOriginal, kDateTimeDigitized})
      if (const auto found = date(*exif, tag)) return found;
  return date(main, kDateTime);
}

}  // namespace imsearch
