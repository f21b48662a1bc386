#include "image/decode.h"

#include "base/error.h"
#include "image/bmp.h"
#include "image/gif.h"
#include "image/jpeg.h"
#include "image/png.h"
#include "image/pnm.h"
#include "image/tga.h"
#include "image/unknown_format.h"
#include "image/webp.h"

#include <algorithm>
#include <cctype>

namespace imsearch {
namespace {

bool starts_with(std::string_view bytes, std::string_view magic) {
  return bytes.substr(0, magic.size()) == magic;
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

Image decode(std::string_view bytes, const std::string& name,
             Reference reference, std::uint64_t limit) {
  if (bytes.empty()) fail("empty file");
  if (starts_with(bytes, "\xff\xd8\xff"))
    return decode_jpeg(bytes, reference, limit);
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return decode_png(bytes, limit);
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a"))
    return decode_gif(bytes, limit);
  if (starts_with(bytes, "BM")) return decode_bmp(bytes, limit);
  if (looks_like_webp(bytes)) return decode_webp(bytes, limit);
  if (looks_like_pnm(bytes)) return decode_pnm(bytes, limit);
  if (is_named_tga(name)) return decode_tga(bytes, limit);
  fail("{}", describe_unknown(bytes));
}

}  // namespace

NeedsMemory::NeedsMemory(std::size_t image_width, std::size_t image_height,
                         std::uint64_t needed_bytes)
    : Error(fmt::format("needs {} bytes of memory for {} x {} pixels",
                        needed_bytes, image_width, image_height)),
      width(image_width),
      height(image_height),
      bytes(needed_bytes) {}

Image decode_image(std::string_view bytes, const std::string& name,
                   Reference reference, std::uint64_t max_bytes) {
  return decode(bytes, name, reference, max_bytes);
}

}  // namespace imsearch
