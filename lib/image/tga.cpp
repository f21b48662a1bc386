// TGA: a header of 18 bytes, a name, a palette, then the pixels, in packets
// where they are run-length coded. Which corner they begin at is told by two
// bits. What was added behind the pixels later (areas, a footer) has no pixels.
// The format has no magic, so fields are checked against each other before
// anything is believed.
#include "image/decoders.h"

#include "base/error.h"
#include "image/bytes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace imsearch {
namespace {

using Colour = std::array<std::uint8_t, kChannels>;

enum class Kind : std::uint32_t { kIndices = 1, kColours = 2, kGreys = 3 };

struct Header {
  Kind kind = Kind::kColours;
  bool run_length = false;
  std::size_t width = 0;
  std::size_t height = 0;
  std::uint32_t bits = 0;  // a pixel
  bool from_right = false;
  bool from_top = false;
  std::size_t first_colour = 0;  // the palette's first index
  std::size_t colours = 0;       // in the palette
  std::uint32_t colour_bits = 0;
  std::size_t palette = 0;  // offset in the file
  std::size_t pixels = 0;   // offset in the file

  std::size_t pixel_bytes() const { return (bits + 7) / 8; }
};

bool is_colour(std::uint32_t bits) {
  return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

void check_bits(const Header& header) {
  bool known = false;
  switch (header.kind) {
    case Kind::kIndices:
      known = (header.bits == 8 || header.bits == 16) &&
              is_colour(header.colour_bits);
      break;
    case Kind::kColours:
      known = is_colour(header.bits);
      break;
    case Kind::kGreys:
      known = header.bits == 8 || header.bits == 16 ||
              (header.bits == 1 && !header.run_length);
  }
  if (!known)
    fail(
        "TGA of kind {} with {} bits a pixel and {} a palette's colour is not "
        "supported",
        static_cast<std::uint32_t>(header.kind), header.bits,
        header.colour_bits);
}

Header read_header(std::string_view bytes) {
  constexpr std::size_t kSize = 18;
  constexpr std::uint32_t kRunLength = 8;
  constexpr std::uint32_t kFromRight = 0x10;
  constexpr std::uint32_t kFromTop = 0x20;
  if (bytes.size() < kSize) fail("truncated TGA");
  const std::uint32_t maps = byte_at(bytes, 1);
  const std::uint32_t kind = byte_at(bytes, 2);
  const std::uint32_t plain_kind = kind & ~kRunLength;
  if (maps > 1 || plain_kind < 1 || plain_kind > 3 ||
      (plain_kind == 1 && maps == 0))
    fail("invalid TGA: kind {} with {} colour maps", kind, maps);
  Header header;
  header.kind = static_cast<Kind>(plain_kind);
  header.run_length = kind != plain_kind;
  header.width = little_endian_16(bytes, 12);
  header.height = little_endian_16(bytes, 14);
  header.bits = byte_at(bytes, 16);
  header.from_right = (byte_at(bytes, 17) & kFromRight) != 0;
  header.from_top = (byte_at(bytes, 17) & kFromTop) != 0;
  header.palette = kSize + byte_at(bytes, 0);
  if (maps == 1) {
    header.first_colour = little_endian_16(bytes, 3);
    header.colours = little_endian_16(bytes, 5);
    header.colour_bits = byte_at(bytes, 7);
  }
  header.pixels =
      header.palette + header.colours * ((header.colour_bits + 7) / 8);
  check_bits(header);
  return header;
}

/// The colour at `at`, stored as blue, green, red, or in 15 bits of two bytes.
Colour colour_at(std::string_view bytes, std::size_t at, std::uint32_t bits) {
  if (bits > 16)
    return {static_cast<std::uint8_t>(byte_at(bytes, at + 2)),
            static_cast<std::uint8_t>(byte_at(bytes, at + 1)),
            static_cast<std::uint8_t>(byte_at(bytes, at))};
  const std::uint32_t value = little_endian_16(bytes, at);
  const auto five_bits = [value](std::uint32_t shift) {
    return static_cast<std::uint8_t>((value >> shift & 31) * 255 / 31);
  };
  return {five_bits(10), five_bits(5), five_bits(0)};
}

std::vector<Colour> read_palette(std::string_view bytes, const Header& header) {
  if (header.kind != Kind::kIndices) return {};
  std::vector<Colour> palette(header.first_colour + header.colours);
  const std::size_t size = (header.colour_bits + 7) / 8;
  for (std::size_t i = 0; i < header.colours; ++i)
    palette[header.first_colour + i] =
        colour_at(bytes, header.palette + i * size, header.colour_bits);
  return palette;
}

/// Puts pixels where they belong, in the order in which the file has them.
class PixelReader {
 public:
  PixelReader(std::string_view bytes, const Header& header)
      : header_(header), palette_(read_palette(bytes, header)) {
    image_.width = header.width;
    image_.height = header.height;
    image_.rgb.resize(header.width * header.height * kChannels);
  }

  void read_rows(std::string_view bytes) {
    const std::size_t size = header_.pixel_bytes();
    for (std::size_t i = 0; left() > 0; ++i)
      put(colour_of(bytes.substr(i * size, size)));
  }

  /// Eight pixels a byte, the leftmost one highest; rows begin at whole bytes.
  void read_rows_of_bits(std::string_view bytes) {
    const std::size_t row_bytes = (header_.width + 7) / 8;
    for (std::size_t y = 0; y < header_.height; ++y)
      for (std::size_t x = 0; x < header_.width; ++x) {
        const std::uint32_t byte = byte_at(bytes, y * row_bytes + x / 8);
        const bool white = (byte >> (7 - x % 8) & 1) != 0;
        put(white ? Colour{255, 255, 255} : Colour{});
      }
  }

  void read_packets(std::string_view bytes) {
    constexpr std::uint32_t kRepeated = 0x80;
    const std::size_t size = header_.pixel_bytes();
    const auto next = [&](std::size_t count) {
      if (bytes.size() < count) fail("truncated TGA");
      const std::string_view front = bytes.substr(0, count);
      bytes.remove_prefix(count);
      return front;
    };
    while (left() > 0) {
      const std::uint32_t packet = byte_at(next(1), 0);
      const std::size_t count =
          std::min(left(), std::size_t{packet & (kRepeated - 1)} + 1);
      const bool repeated = (packet & kRepeated) != 0;
      Colour colour{};
      for (std::size_t i = 0; i < count; ++i) {
        if (i == 0 || !repeated) colour = colour_of(next(size));
        put(colour);
      }
    }
  }

  Image take() { return std::move(image_); }

 private:
  std::size_t left() const {
    return (header_.height - row_) * header_.width - column_;
  }

  Colour colour_of(std::string_view pixel) const {
    const auto value = static_cast<std::uint8_t>(byte_at(pixel, 0));
    switch (header_.kind) {
      case Kind::kColours:
        return colour_at(pixel, 0, header_.bits);
      case Kind::kGreys:  // alpha may follow
        return {value, value, value};
      case Kind::kIndices:
        break;
    }
    const std::size_t index =
        pixel.size() == 1 ? value : little_endian_16(pixel, 0);
    return index < palette_.size() ? palette_[index] : Colour{};
  }

  /// The next pixel of the file, wherever its corner puts it.
  void put(const Colour& colour) {
    if (column_ == 0) start_row();
    std::copy(colour.begin(), colour.end(), image_.rgb.data() + offset_);
    // Unsigned: adding -3 wraps round to 3 less.
    offset_ += header_.from_right ? -kChannels : kChannels;
    if (++column_ < header_.width) return;
    column_ = 0;
    ++row_;
  }

  void start_row() {
    const std::size_t x = header_.from_right ? header_.width - 1 : 0;
    const std::size_t y = header_.from_top ? row_ : header_.height - 1 - row_;
    offset_ = (y * header_.width + x) * kChannels;
  }

  const Header& header_;
  std::vector<Colour> palette_;
  Image image_;
  std::size_t row_ = 0;     // of the next pixel, counted in the file's order
  std::size_t column_ = 0;  // the same
  std::size_t offset_ = 0;  // in the picture's bytes, where a row has begun
};

/// Bytes of the file up to the end of its pixels, or up to where packets end at
/// the earliest: a large claim takes memory only where there is data behind it.
std::size_t needed_bytes(const Header& header) {
  constexpr std::size_t kLongestRun = 128;
  const std::size_t pixels = header.width * header.height;
  if (header.run_length)
    return header.pixels + (pixels + kLongestRun - 1) / kLongestRun *
                               (1 + header.pixel_bytes());
  const std::size_t row_bytes = header.bits == 1
                                    ? (header.width + 7) / 8
                                    : header.width * header.pixel_bytes();
  return header.pixels + header.height * row_bytes;
}

}  // namespace

Image decode_tga(std::string_view bytes, std::uint64_t max_bytes) {
  const Header header = read_header(bytes);
  check_pixel_bytes(header.width, header.height, max_bytes);
  const std::size_t needed = needed_bytes(header);
  if (bytes.size() < needed)
    fail("truncated TGA: {} of {}{} bytes", bytes.size(),
         header.run_length ? "at least " : "", needed);
  PixelReader reader(bytes, header);
  const std::string_view pixels = bytes.substr(header.pixels);
  if (header.run_length)
    reader.read_packets(pixels);
  else if (header.bits == 1)
    reader.read_rows_of_bits(pixels);
  else
    reader.read_rows(pixels);
  return reader.take();
}

}  // namespace imsearch
