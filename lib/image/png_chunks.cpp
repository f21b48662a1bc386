// Chunks: a length, four letters, data, and a checksum, which is libpng's to
// compare. Texts stand in them plainly or deflated, raw profiles as hexadecimal
// digits.
#include "image/png_chunks.h"

#include "base/error.h"
#include "image/bytes.h"

#include <zlib.h>

#include <cstddef>

namespace imsearch {
namespace {

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

bool is_png_text(const PngChunk& chunk, std::string_view keyword) {
  if (chunk.type != "tEXt" && chunk.type != "zTXt" && chunk.type != "iTXt")
    return false;
  std::string_view rest = chunk.data;
  return cut_string(rest) == keyword;
}

std::optional<std::string> png_text(const PngChunk& chunk) {
  std::string_view rest = chunk.data;
  if (!cut_string(rest)) return std::nullopt;
  if (chunk.type == "tEXt") return std::string(rest);
  if (chunk.type == "iTXt") return international_text(rest);
  if (rest.empty() || rest[0] != 0) return std::nullopt;
  return inflated(rest.substr(1));
}

std::string raw_profile(std::string_view text) {
  for (int line = 0; line < 3; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string bytes;
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

}  // namespace imsearch
