// Exif 2.3, 4.5 (JPEG) and 4.6; XMP specification, part 3; PNG: eXIf, iTXt, and
// the raw profiles that came before eXIf; WebP: "EXIF" and "XMP ".
#include "image/metadata.h"

#include "image/bytes.h"
#include "image/png_chunks.h"
#include "image/webp.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExifPrefix = "Exif\0\0"sv;

bool starts_with(std::string_view bytes, std::string_view magic) {
  return bytes.substr(0, magic.size()) == magic;
}

/// PNG and WebP have no prefix by their rules, but some programs write it,
/// and some write it twice.
std::string_view without_prefix(std::string_view exif) {
  for (int i = 0; i < 2 && starts_with(exif, kExifPrefix); ++i)
    exif.remove_prefix(kExifPrefix.size());
  return exif;
}

/// A segment APP1. EXIF that is too long for one goes on in the next; of
/// several packets of XMP the last one counts.
void add_segment(std::string_view content, Metadata& found) {
  constexpr std::string_view kXmpPrefix = "http://ns.adobe.com/xap/1.0/\0"sv;
  if (starts_with(content, kExifPrefix))
    found.exif += found.exif.empty() ? without_prefix(content)
                                     : content.substr(kExifPrefix.size());
  if (starts_with(content, kXmpPrefix))
    found.xmp = content.substr(kXmpPrefix.size());
}

bool has_no_content(std::uint32_t marker) {
  return marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd9);
}

Metadata read_jpeg(std::string_view jpeg) {
  constexpr std::uint32_t kApp1 = 0xe1;
  constexpr std::uint32_t kStartOfScan = 0xda;
  constexpr std::uint32_t kFill = 0xff;
  Metadata found;
  for (std::size_t i = 2; i + 4 <= jpeg.size();) {
    const std::uint32_t marker = byte_at(jpeg, i + 1);
    // Decoders look for the next marker, and so does this.
    if (byte_at(jpeg, i) != kFill || marker == kFill) {
      ++i;
      continue;
    }
    if (has_no_content(marker)) {
      i += 2;
      continue;
    }
    if (marker == kStartOfScan) break;
    const std::size_t length = big_endian_16(jpeg, i + 2);  // its own 2 bytes
    if (length < 2 || jpeg.size() - i - 2 < length) break;
    if (marker == kApp1) add_segment(jpeg.substr(i + 4, length - 2), found);
    i += 2 + length;
  }
  return found;
}

/// Of several chunks of a kind the last one counts. A text is inflated only
/// then, so that a small file can't ask for much work.
Metadata read_png(std::string_view png) {
  std::optional<PngChunk> exif;
  std::optional<PngChunk> profile;
  std::optional<PngChunk> xmp;
  PngChunkReader reader(png);
  for (PngChunk chunk = reader.next(); chunk.type != "IEND";
       chunk = reader.next())
    if (chunk.type == "eXIf")
      exif = chunk;
    else if (is_png_text(chunk, "Raw profile type exif"))
      profile = chunk;
    else if (is_png_text(chunk, "XML:com.adobe.xmp"))
      xmp = chunk;
  Metadata found;
  if (exif)
    found.exif = without_prefix(exif->data);
  else if (profile)
    found.exif = without_prefix(raw_profile(png_text(*profile).value_or("")));
  if (xmp) found.xmp = png_text(*xmp).value_or("");
  return found;
}

}  // namespace

Metadata read_metadata(std::string_view image_file) {
  if (starts_with(image_file, "\xff\xd8")) return read_jpeg(image_file);
  if (starts_with(image_file, "\x89PNG\r\n\x1a\n")) return read_png(image_file);
  if (looks_like_webp(image_file))
    return {std::string(without_prefix(webp_chunk(image_file, "EXIF"))),
            std::string(webp_chunk(image_file, "XMP "))};
  return {};
}

}  // namespace imsearch
