// Finds blocks of EXIF and XMP in image files: in segments of a JPEG, in chunks
// of a PNG or a WebP, plain, deflated, or as hexadecimal digits. Of all that a
// file may hold only these few are looked at, and as Pillow looks at them,
// since features are compared with those of pictures that Pillow has turned.
//
// Sources: Exif 2.3, 4.5 (JPEG) and 4.6; XMP specification, part 3; PNG: eXIf,
// iTXt, and the raw profiles that came before eXIf; WebP: "EXIF" and "XMP ".
#include "image/metadata.h"

#include "base/error.h"
#include "image/bytes.h"
#include "image/decoders.h"

#include <zlib.h>

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

/// Markers that stand alone: TEM, RST0 to RST7, SOI, EOI, and stuffed zeros.
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

// As in Pillow. A camera's EXIF has 64 KB at most, twice that in digits.
constexpr std::size_t kMaxText = std::size_t{1} << 20;

/// What is before the first zero byte, which is removed with it.
std::optional<std::string_view> cut_string(std::string_view& bytes) {
  const std::size_t end = bytes.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view string = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return string;
}

/// Nothing if it is damaged or too long; what there is of one that ends early.
std::optional<std::string> inflated(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  // Room for the longest at once, and no more: what inflates further is a bomb.
  std::string text(kMaxText, '\0');
  // zlib's field is not const, but it does not write there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&stream, Z_FINISH);
  const bool too_long = result != Z_STREAM_END && stream.avail_out == 0;
  text.resize(text.size() - stream.avail_out);
  inflateEnd(&stream);
  if (too_long || (result != Z_STREAM_END && result != Z_BUF_ERROR))
    return std::nullopt;
  return text;
}

/// The text of iTXt, behind its keyword.
std::optional<std::string> international_text(std::string_view rest) {
  if (rest.size() < 2) return std::nullopt;
  const bool compressed = rest[0] != 0;
  const bool deflate = rest[1] == 0;
  rest.remove_prefix(2);
  if (!cut_string(rest) || !cut_string(rest)) return std::nullopt;
  if (!compressed) return std::string(rest);
  return deflate ? inflated(rest) : std::nullopt;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// True for a chunk tEXt, zTXt or iTXt with this keyword.
bool is_png_text(const PngChunk& chunk, std::string_view keyword) {
  if (chunk.type != "tEXt" && chunk.type != "zTXt" && chunk.type != "iTXt")
    return false;
  std::string_view rest = chunk.data;
  return cut_string(rest) == keyword;
}

/// The text of such a chunk; nothing if it is broken or, compressed, holds more
/// than kMaxText.
std::optional<std::string> png_text(const PngChunk& chunk) {
  std::string_view rest = chunk.data;
  if (!cut_string(rest)) return std::nullopt;
  if (chunk.type == "tEXt") return std::string(rest);
  if (chunk.type == "iTXt") return international_text(rest);
  if (rest.empty() || rest[0] != 0) return std::nullopt;
  return inflated(rest.substr(1));
}

/// The bytes of a "raw profile", in which ImageMagick and others keep what the
/// format had no chunk for: a line break, a name, a length, and hexadecimal
/// digits, each on lines of their own. Empty for any other text.
std::string raw_profile(std::string_view text) {
  for (int line = 0; line < 3; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string bytes;
  // The upper digit of a byte, or -1 before it: a last one without a lower is
  // damage.
  int upper = -1;
  for (const char c : text) {
    if (c == '\n' || c == ' ' || c == '\r' || c == '\t') continue;
    const int value = digit(c);
    if (value < 0) return {};
    if (upper >= 0) bytes += static_cast<char>(upper * 16 + value);
    upper = upper >= 0 ? -1 : value;
  }
  return upper < 0 ? bytes : std::string();
}

/// The last of several chunks of a kind counts, as for Pillow. A text is
/// inflated only then, so that a small file can't ask for much work.
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

/// The first chunk of this type (four letters); empty if there is none.
std::string_view webp_chunk(std::string_view bytes, std::string_view type) {
  constexpr std::size_t kFileHeader = 12;  // "RIFF", size, "WEBP"
  constexpr std::size_t kChunkHeader = 8;  // type, size
  std::size_t begin = kFileHeader;
  while (bytes.size() >= begin + kChunkHeader) {
    const std::size_t size = little_endian_32(bytes, begin + 4);
    const bool found = bytes.substr(begin, 4) == type;
    begin += kChunkHeader;
    if (bytes.size() - begin < size) return {};
    if (found) return bytes.substr(begin, size);
    begin += size + size % 2;  // chunks begin at even bytes
  }
  return {};
}

}  // namespace

PngChunk PngChunkReader::next() {
  constexpr std::size_t kFront = 8;  // length, type
  constexpr std::size_t kChecksum = 4;
  if (png_.size() < position_ + kFront + kChecksum) fail("truncated PNG");
  const std::size_t length = big_endian_32(png_, position_);
  if (png_.size() - position_ - kFront - kChecksum < length)
    fail("truncated PNG");
  const PngChunk chunk{png_.substr(position_ + 4, 4),
                       png_.substr(position_ + kFront, length)};
  position_ += kFront + length + kChecksum;
  return chunk;
}

std::optional<std::string_view> find_png_chunk(std::string_view png,
                                               std::string_view type) {
  PngChunkReader reader(png);
  for (;;) {
    const PngChunk chunk = reader.next();
    if (chunk.type == type) return chunk.data;
    if (chunk.type == "IEND") return std::nullopt;
  }
}

Metadata read_metadata(std::string_view image_file) {
  if (starts_with(image_file, "\xff\xd8")) return read_jpeg(image_file);
  if (starts_with(image_file, "\x89PNG\r\n\x1a\n")) return read_png(image_file);
  if (looks_like_webp(image_file))
    return {std::string(without_prefix(webp_chunk(image_file, "EXIF"))),
            std::string(webp_chunk(image_file, "XMP "))};
  return {};
}

}  // namespace imsearch
