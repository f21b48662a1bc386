#include "image/stb.h"

#include "base/error.h"
#include "image/palette.h"
#include "image/pixel_limit.h"

#include <stb_image.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace imsearch {
namespace {

const char* name_of(StbFormat format) {
  switch (format) {
    case StbFormat::kPng:
      return "PNG";
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
  fail("invalid {}: {}", name_of(format),
       reason == nullptr ? "unknown reason" : reason);
}

void check_claim(std::string_view bytes, StbFormat format,
                 std::size_t max_pixel_bytes) {
  Source source(bytes);
  const stbi_io_callbacks callbacks = Source::callbacks();
  int width = 0;
  int height = 0;
  int channels = 0;
  if (stbi_info_from_callbacks(&callbacks, &source, &width, &height,
                               &channels) == 0)
    fail_decoding(source, format);
  // The height of a BMP stored top down is negative.
  check_pixel_bytes(static_cast<std::size_t>(std::abs(long{width})),
                    static_cast<std::size_t>(std::abs(long{height})),
                    max_pixel_bytes);
}

// A TGA has no magic, and the name alone would let stb_image take the file for
// any format it knows. Uncompressed data must be all there: a missing part of
// its last row would not be noticed.
void check_tga(std::string_view bytes) {
  constexpr std::size_t kHeader = 18;
  if (bytes.size() < kHeader) fail("truncated TGA");
  const auto byte = [&](std::size_t i) {
    return std::size_t{static_cast<unsigned char>(bytes[i])};
  };
  const auto word = [&](std::size_t i) { return byte(i) | byte(i + 1) << 8; };
  const std::size_t kind = byte(2);
  const std::size_t mapped = byte(1);
  if (mapped > 1 || (kind & ~std::size_t{8}) == 0 ||
      (kind & ~std::size_t{8}) > 3)
    fail("invalid TGA: kind {} with {} colour maps", kind, mapped);
  const std::size_t map_bytes = mapped * word(5) * ((byte(7) + 7) / 8);
  const std::size_t pixel_bytes = (byte(16) + 7) / 8;
  const std::size_t needed =
      kHeader + byte(0) + map_bytes + word(12) * word(14) * pixel_bytes;
  if (kind < 8 && bytes.size() < needed)
    fail("truncated TGA: {} of {} bytes", bytes.size(), needed);
}

std::string with_whole_palette(std::string_view bytes, StbFormat format) {
  if (format == StbFormat::kPng) return with_whole_png_palette(bytes);
  if (format == StbFormat::kBmp) return with_whole_bmp_palette(bytes);
  return {};
}

}  // namespace

Image decode_by_stb(std::string_view bytes, StbFormat format,
                    std::size_t max_pixel_bytes) {
  if (format == StbFormat::kTga) check_tga(bytes);
  check_claim(bytes, format, max_pixel_bytes);
  const std::string padded = with_whole_palette(bytes, format);
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
