// Binary PGM and PPM, the formats that scripts and tests can write with printf:
// a letter and a digit, three numbers with white space and comments between
// them, one white space, then the values row by row, of two bytes (the high one
// first) where the largest is above 255.
#include "image/decoders.h"

#include "base/error.h"

#include <cstdint>

namespace imsearch {
namespace {

constexpr std::size_t kMaxValue = 65535;
constexpr std::size_t kMaxNumber = 1u << 30;  // larger sides are nonsense

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// The header's numbers, separated by white space and comments.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t next_number() {
    skip_space();
    std::size_t value = 0;
    const std::size_t begin = position_;
    for (; is_digit(peek()); ++position_) {
      value = value * 10 + static_cast<std::size_t>(peek() - '0');
      if (value > kMaxNumber)
        fail("invalid PNM: a number of {} or more", value);
    }
    if (position_ == begin) fail("invalid PNM: header has no number");
    return value;
  }

  /// What follows the header's last number and one white space.
  std::string_view rest() const {
    if (!is_space(peek())) fail("invalid PNM: header does not end");
    return bytes_.substr(position_ + 1);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  char peek() const {
    if (position_ >= bytes_.size()) fail("truncated PNM");
    return bytes_[position_];
  }
  void skip_space() {
    while (is_space(peek()) || peek() == '#')
      if (peek() == '#')
        while (peek() != '\n' && peek() != '\r') ++position_;
      else
        ++position_;
  }

  std::string_view bytes_;
  std::size_t position_ = 2;  // behind "P5" or "P6"
};

/// A value beyond the maximum, which no writer should write, is taken for it.
std::uint8_t scaled(std::size_t value, std::size_t max) {
  if (value > max) value = max;
  return static_cast<std::uint8_t>((value * 255 + max / 2) / max);
}

}  // namespace

bool looks_like_pnm(std::string_view bytes) {
  return bytes.size() >= 3 && bytes[0] == 'P' && bytes[1] >= '1' &&
         bytes[1] <= '6' && (is_space(bytes[2]) || bytes[2] == '#');
}

Image decode_pnm(std::string_view bytes, std::uint64_t max_bytes) {
  if (bytes[1] != '5' && bytes[1] != '6')
    fail("only binary PGM and PPM are supported, not P{}", bytes[1]);
  HeaderReader header(bytes);
  const std::size_t channels = bytes[1] == '6' ? 3 : 1;
  Image image;
  image.width = header.next_number();
  image.height = header.next_number();
  const std::size_t max = header.next_number();
  check_pixel_bytes(image.width, image.height, max_bytes);
  if (max == 0 || max > kMaxValue)
    fail("invalid PNM: largest value {} is not in 1..{}", max, kMaxValue);

  const std::size_t width_bytes = max > 255 ? 2 : 1;
  const std::size_t pixels = image.width * image.height;
  const std::string_view data = header.rest();
  if (data.size() < pixels * channels * width_bytes)
    fail("truncated PNM: {} of {} bytes of pixels", data.size(),
         pixels * channels * width_bytes);

  const auto value_at = [&](std::size_t i) {
    const auto* p = reinterpret_cast<const std::uint8_t*>(data.data());
    return width_bytes == 1 ? std::size_t{p[i]}
                            : std::size_t{p[2 * i]} << 8 | p[2 * i + 1];
  };
  image.rgb.resize(pixels * 3);
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = scaled(value_at(channels == 3 ? i : i / 3), max);
  return image;
}

}  // namespace imsearch
