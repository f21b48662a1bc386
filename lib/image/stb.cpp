#include "image/stb.h"

#include "base/error.h"
#include "image/bmp_palette.h"
#include "image/bytes.h"
#include "image/pixel_limit.h"

#include <stb_image.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>

namespace imsearch {
namespace {

const char* name_of(StbFormat format) {
  switch (format) {
    case StbFormat::kBmp:
      return "BMP";
    case StbFormat::kGif:
      return "GIF";
    case StbFormat::kTga:
      break;
  }
  return "TGA";
}

// stb_image's callbacks, which notice what its memory interface does not tell:
// that it wanted more than there is.
class Source {
 public:
  explicit Source(std::string_view bytes) : bytes_(bytes) {}

  bool wanted_more() const { return wanted_more_; }

  static stbi_io_callbacks callbacks() {
    stbi_io_callbacks result;
    result.read = [](void* self, char* out, int size) {
      return static_cast<Source*>(self)->read(out, size);
    };
    result.skip = [](void* self, int count) {
      static_cast<Source*>(self)->skip(count);
    };
    result.eof = [](void* self) {
      const auto* source = static_cast<Source*>(self);
      return static_cast<int>(source->position_ == source->bytes_.size());
    };
    return result;
  }

 private:
  // stb_image reads ahead by this many bytes. Any other size is what it needs.
  static constexpr int kReadAhead = 128;

  int read(char* out, int size) {
    const std::size_t left = bytes_.size() - position_;
    const std::size_t count = std::min(left, static_cast<std::size_t>(size));
    if (count == 0 ||
        (count < static_cast<std::size_t>(size) && size != kReadAhead))
      wanted_more_ = true;
    std::memcpy(out, bytes_.data() + position_, count);
    position_ += count;
    return static_cast<int>(count);
  }

  void skip(int count) {
    if (count > 0)
      position_ +=
          std::min(bytes_.size() - position_, static_cast<std::size_t>(count));
  }

  std::string_view bytes_;
  std::size_t position_ = 0;
  bool wanted_more_ = false;
};

[[noreturn]] void fail_decoding(const Source& source, StbFormat format) {
  if (source.wanted_more()) fail("truncated {}", name_of(format));
  const char* reason = stbi_failure_reason();
  if (reason != nullptr && std::string_view(reason) == "outofmem")
    throw std::bad_alloc();
  // Empty where a GIF has no frame.
  if (reason == nullptr || *reason == '\0') reason = "no picture in it";
  fail("invalid {}: {}", name_of(format), reason);
}

constexpr std::size_t kTgaHeader = 18;

struct Sides {
  std::size_t width;
  std::size_t height;
};

// The header's sides. stb_image could tell them too, but not why it can't.
Sides claimed_sides(std::string_view bytes, StbFormat format) {
  const auto need = [&](std::size_t header_bytes) {
    if (bytes.size() < header_bytes) fail("truncated {}", name_of(format));
  };
  switch (format) {
    case StbFormat::kBmp: {
      need(26);
      if (little_endian_32(bytes, 14) == 12)  // OS/2's header
        return {little_endian_16(bytes, 18), little_endian_16(bytes, 20)};
      // Negative where the rows run downwards.
      const std::uint32_t height = little_endian_32(bytes, 22);
      return {little_endian_32(bytes, 18),
              height >> 31 != 0 ? ~height + 1 : height};
    }
    case StbFormat::kGif:
      need(10);
      return {little_endian_16(bytes, 6), little_endian_16(bytes, 8)};
    case StbFormat::kTga:
      break;
  }
  need(kTgaHeader);
  return {little_endian_16(bytes, 12), little_endian_16(bytes, 14)};
}

// Bytes that there are at most beside 3 for each pixel. stb_image makes 4
// channels of a pixel, then 3 of these, which we copy when the first are gone;
// for a GIF it first holds the canvas before and after the frame, and which
// pixels the frame has.
std::uint64_t held_bytes(const Sides& sides, StbFormat format) {
  const std::uint64_t pixel = format == StbFormat::kGif ? 6 : 4;
  return pixel * sides.width * sides.height;
}

// A TGA has no magic, and the name alone would let stb_image take the file for
// any format it knows. Uncompressed data must be all there: a missing part of
// its last row would not be noticed.
void check_tga(std::string_view bytes, const Sides& sides) {
  constexpr std::uint32_t kRunLength = 8;
  const std::uint32_t maps = byte_at(bytes, 1);
  const std::uint32_t kind = byte_at(bytes, 2);
  const std::uint32_t plain_kind = kind & ~kRunLength;
  if (maps > 1 || plain_kind < 1 || plain_kind > 3)
    fail("invalid TGA: kind {} with {} colour maps", kind, maps);
  const std::size_t map_bytes = std::size_t{maps} * little_endian_16(bytes, 5) *
                                ((byte_at(bytes, 7) + 7) / 8);
  const std::size_t needed =
      kTgaHeader + byte_at(bytes, 0) + map_bytes +
      sides.width * sides.height * ((byte_at(bytes, 16) + 7) / 8);
  if (kind == plain_kind && bytes.size() < needed)
    fail("truncated TGA: {} of {} bytes", bytes.size(), needed);
}

}  // namespace

Image decode_by_stb(std::string_view bytes, StbFormat format,
                    std::uint64_t max_pixel_bytes) {
  const Sides sides = claimed_sides(bytes, format);
  if (format == StbFormat::kTga) check_tga(bytes, sides);
  check_pixel_bytes(sides.width, sides.height, max_pixel_bytes,
                    held_bytes(sides, format));
  const std::string padded =
      format == StbFormat::kBmp ? with_whole_bmp_palette(bytes) : std::string();
  Source source(padded.empty() ? bytes : std::string_view(padded));
  const stbi_io_callbacks callbacks = Source::callbacks();
  constexpr int kRgb = 3;
  int width = 0;
  int height = 0;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_callbacks(&callbacks, &source, &width, &height, &channels,
                               kRgb),
      stbi_image_free);
  if (pixels == nullptr || source.wanted_more()) fail_decoding(source, format);
  Image image{
      static_cast<std::size_t>(width), static_cast<std::size_t>(height), {}};
  image.rgb.assign(pixels.get(),
                   pixels.get() + image.width * image.height * kRgb);
  return image;
}

}  // namespace imsearch
