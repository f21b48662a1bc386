#include "image/unknown_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};

constexpr Signature kImageFormats[] = {
    {4, "ftypavif"sv, "AVIF"}, {4, "ftypavis"sv, "AVIF"},
    {4, "ftypheic"sv, "HEIC"}, {4, "ftypheix"sv, "HEIC"},
    {4, "ftypmif1"sv, "HEIF"}, {0, "II*\0"sv, "TIFF"},
    {0, "MM\0*"sv, "TIFF"},    {0, "\xff\x0a"sv, "JPEG XL"},
    {4, "JXL "sv, "JPEG XL"},  {4, "jP  "sv, "JPEG 2000"},
    {0, "8BPS"sv, "PSD"},      {0, "\0\0\1\0"sv, "ICO"},
    {0, "qoif"sv, "QOI"},      {0, "#?RADIANCE"sv, "Radiance HDR"},
};

bool is_printable(char c) {
  return c > ' ' && c < '\x7f';
}

}  // namespace

std::string describe_unknown(std::string_view bytes) {
  for (const Signature& format : kImageFormats)
    if (bytes.size() > format.offset &&
        bytes.substr(format.offset, format.bytes.size()) == format.bytes)
      return fmt::format("{} is not supported", format.name);

  constexpr std::size_t kShownBytes = 16;
  const std::string_view start = bytes.substr(0, kShownBytes);
  const auto word_end =
      std::find_if_not(start.begin(), start.end(), is_printable);
  const auto word =
      start.substr(0, static_cast<std::size_t>(word_end - start.begin()));
  // Fewer letters than that are chance.
  if (word.size() >= 3)
    return fmt::format("not an image: starts with {}", word);
  std::string hex;
  for (const char c : bytes.substr(0, 4))
    hex += fmt::format(" {:02x}", static_cast<unsigned char>(c));
  return "not an image: starts with bytes" + hex;
}

}  // namespace imsearch
