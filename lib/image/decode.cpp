// Tells what a file is by its first bytes and calls that decoder, or names the
// format that is not supported: "PSD is not supported" sends a user to a
// converter, while "not an image" would let him look for damage that is not
// there. Names are believed for TGA alone, which has no magic of its own.
#include "image/decode.h"

#include "base/error.h"
#include "image/bytes.h"
#include "image/decoders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};

constexpr Signature kImageFormats[] = {
    {4, "jP  "sv, "JPEG 2000"},
    {0, "8BPS"sv, "PSD"},
    {0, "\0\0\1\0"sv, "ICO"},
    {0, "qoif"sv, "QOI"},
    {0, "#?RADIANCE"sv, "Radiance HDR"},
};

bool is_printable(char c) {
  return c > ' ' && c < '\x7f';
}

/// What a file that can't be decoded looks like: "PSD is not supported", "not
/// an image: starts with <!DOCTYPE". `bytes` must not be empty.
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

bool starts_with(std::string_view bytes, std::string_view magic) {
  return bytes.substr(0, magic.size()) == magic;
}

bool looks_like_tiff(std::string_view bytes) {
  // Both orders of bytes, and BigTIFF.
  return starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv) ||
         starts_with(bytes, "II+\0"sv) || starts_with(bytes, "MM\0+"sv);
}

bool is_named_tga(const std::string& name) {
  constexpr std::string_view kExtension = ".tga";
  if (name.size() < kExtension.size()) return false;
  return std::equal(kExtension.rbegin(), kExtension.rend(), name.rbegin(),
                    [](char wanted, char c) {
                      return wanted ==
                             std::tolower(static_cast<unsigned char>(c));
                    });
}

/// "BM" alone begins many a text: the size of a header follows.
bool surely_bmp(std::string_view bytes) {
  return starts_with(bytes, "BM") && bytes.size() >= 18 &&
         little_endian_32(bytes, 14) <= 124;
}

bool looks_like_jpeg(std::string_view bytes) {
  return starts_with(bytes, "\xff\xd8\xff");
}
bool looks_like_png(std::string_view bytes) {
  return starts_with(bytes, "\x89PNG\r\n\x1a\n");
}
bool looks_like_gif(std::string_view bytes) {
  return starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a");
}

Image decode(std::string_view bytes, const std::string& name,
             Reference reference, std::uint64_t limit) {
  if (bytes.empty()) fail("empty file");
  // TGA comes last: a name that ends in .tga must not keep a JPEG from being
  // one.
  if (looks_like_jpeg(bytes)) return decode_jpeg(bytes, reference, limit);
  if (looks_like_png(bytes)) return decode_png(bytes, limit);
  if (looks_like_gif(bytes)) return decode_gif(bytes, limit);
  if (starts_with(bytes, "BM")) return decode_bmp(bytes, limit);
  if (looks_like_webp(bytes)) return decode_webp(bytes, limit);
  if (looks_like_pnm(bytes)) return decode_pnm(bytes, limit);
  if (looks_like_heif(bytes)) return decode_heif(bytes, limit);
  if (looks_like_tiff(bytes)) return decode_tiff(bytes, limit);
  if (looks_like_jxl(bytes)) return decode_jxl(bytes, limit);
  if (is_named_tga(name)) return decode_tga(bytes, limit);
  fail("{}", describe_unknown(bytes));
}

}  // namespace

bool looks_like_jxl(std::string_view bytes) {
  return starts_with(bytes, "\xff\x0a"sv) ||
         starts_with(bytes, "\0\0\0\x0cJXL \r\n\x87\n"sv);
}

bool looks_like_image(std::string_view bytes) {
  return looks_like_jpeg(bytes) || looks_like_png(bytes) ||
         looks_like_gif(bytes) || surely_bmp(bytes) || looks_like_webp(bytes) ||
         looks_like_pnm(bytes) || looks_like_heif(bytes) ||
         looks_like_tiff(bytes) || looks_like_jxl(bytes);
}

Image decode_image(std::string_view bytes, const std::string& name,
                   Reference reference, std::uint64_t max_bytes) {
  return decode(bytes, name, reference, max_bytes);
}

PickedPicture pick_image(std::string_view bytes, const std::string& name,
                         Reference reference, std::uint64_t max_bytes,
                         const ChooseGrids& choose) {
  if (looks_like_jpeg(bytes))
    return pick_jpeg(bytes, reference, max_bytes, choose);
  if (looks_like_png(bytes)) return pick_png(bytes, max_bytes, choose);
  Image image = decode(bytes, name, reference, max_bytes);
  PickedPicture picture{image.width, image.height, {}};
  const auto grids = choose(image.width, image.height);
  if (is_whole(grids, image.width, image.height))
    picture.parts.push_back(std::move(image));
  else
    for (const PixelGrid& grid : grids)
      picture.parts.push_back(pick(image, grid));
  return picture;
}

}  // namespace imsearch
