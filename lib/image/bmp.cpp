// A BMP: 14 bytes that say where the pixels are, one of seven headers, told
// apart by their sizes, colour masks or a palette, then rows of indices or of
// colours, or run lengths. Windows's header of 40 bytes grew by masks (52),
// their alpha (56) and colour spaces (108, 124), OS/2's of 12 grew into one of
// 64 that begins like Windows's of 40 but has other codes for compressions.
//
// What Pillow reads, it and this read alike, but for two faults of Pillow 13:
// it takes a palette of two colours, black and white, for one bit a pixel
// whatever the header says, and it passes over a row that a run-length code
// leaves empty. Beyond Pillow go 2 bits a pixel, any colour masks, and
// run-length codes that end before the last row.
#include "image/decoders.h"

#include "base/error.h"
#include "image/bytes.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace imsearch {
namespace {

enum class BmpCoding { kPlain, kRunLength8, kRunLength4 };

/// Checked, but for the sides and the offset of the pixels.
struct BmpHeader {
  std::size_t width = 0;
  std::size_t height = 0;
  bool top_down = false;   // rows run from top to bottom
  std::uint32_t bits = 0;  // a pixel: 1, 2, 4 and 8 are indices, 16, 24, 32 not
  BmpCoding coding = BmpCoding::kPlain;
  std::array<std::uint32_t, 3> masks{};  // red, green, blue; with 16 bits on
  std::size_t palette = 0;  // offset in the file of the first colour
  std::size_t colours = 0;  // in the palette, as claimed; with 8 bits at most
  std::size_t colour_bytes = 4;
  std::size_t pixels = 0;  // offset in the file of the first row
};

constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kOs2Header = 12;
constexpr std::size_t kWindowsHeader = 40;
constexpr std::size_t kOs2LongHeader = 64;
constexpr std::array<std::size_t, 7> kHeaders = {12, 40, 52, 56, 64, 108, 124};

// Values of the field "compression".
enum : std::uint32_t {
  kPlain = 0,
  kRunLength8 = 1,
  kRunLength4 = 2,
  kMasks = 3,
  kJpeg = 4,
  kPng = 5,
  kMasksAndAlpha = 6,
};
constexpr std::uint32_t kOs2Huffman = 3;
constexpr std::uint32_t kOs2RunLength24 = 4;

/// Refuses a compression that is not read, by its name.
void check_compression(std::uint32_t compression, bool os2) {
  const char* name = nullptr;
  if (os2 && compression == kOs2Huffman)
    name = "Huffman codes";
  else if (os2 && compression == kOs2RunLength24)
    name = "run lengths of 24 bits";
  else if (compression == kJpeg)
    name = "a JPEG in it";
  else if (compression == kPng)
    name = "a PNG in it";
  if (name != nullptr) fail("BMP with {} is not supported", name);
  if (compression > kMasksAndAlpha)
    fail("BMP with compression {} is not supported", compression);
}

void check_bits(std::uint32_t bits, std::uint32_t compression) {
  constexpr std::array<std::uint32_t, 7> kKnown = {1, 2, 4, 8, 16, 24, 32};
  if (std::find(kKnown.begin(), kKnown.end(), bits) == kKnown.end())
    fail("BMP of {} bits a pixel is not supported", bits);
  const bool run_length =
      compression == kRunLength8 || compression == kRunLength4;
  const bool masks = compression == kMasks || compression == kMasksAndAlpha;
  if ((run_length && bits > 8) || (masks && bits <= 8))
    fail("invalid BMP: compression {} with {} bits a pixel", compression, bits);
}

/// Where a header names no masks, or only zeros.
std::array<std::uint32_t, 3> usual_masks(std::uint32_t bits) {
  if (bits == 16) return {0x7c00, 0x3e0, 0x1f};
  return {0xff0000, 0xff00, 0xff};
}

void check_mask(std::uint32_t mask) {
  // Adding the lowest bit carries through a run: bits that stay were not of it.
  const std::uint32_t upper = mask + (mask & (~mask + 1));  // carried over
  if ((upper & mask) != 0)
    fail("BMP with a colour mask of scattered bits, {:x}, is not supported",
         mask);
}

/// Fills in the masks; `at` is where they are in the file.
void read_masks(std::string_view bytes, std::size_t at, BmpHeader& header) {
  if (bytes.size() < at + 12) fail("truncated BMP");
  std::array<std::uint32_t, 3> masks{};
  for (std::size_t i = 0; i < masks.size(); ++i) {
    masks[i] = little_endian_32(bytes, at + i * 4);
    check_mask(masks[i]);
  }
  if (masks != std::array<std::uint32_t, 3>{}) header.masks = masks;
}

void read_os2_header(std::string_view bytes, BmpHeader& header) {
  header.width = little_endian_16(bytes, 18);
  header.height = little_endian_16(bytes, 20);
  header.bits = little_endian_16(bytes, 24);
  header.colour_bytes = 3;
  check_bits(header.bits, kPlain);
  header.masks = usual_masks(header.bits);
}

void read_windows_header(std::string_view bytes, std::size_t size,
                         BmpHeader& header) {
  header.width = little_endian_32(bytes, 18);
  const std::uint32_t height = little_endian_32(bytes, 22);
  header.top_down = height >> 31 != 0;  // negative
  header.height = header.top_down ? ~height + 1 : height;
  header.bits = little_endian_16(bytes, 28);
  const std::uint32_t compression = little_endian_32(bytes, 30);
  check_compression(compression, size == kOs2LongHeader);
  check_bits(header.bits, compression);
  header.colours = little_endian_32(bytes, 46);
  if (compression == kRunLength8) header.coding = BmpCoding::kRunLength8;
  if (compression == kRunLength4) header.coding = BmpCoding::kRunLength4;
  header.masks = usual_masks(header.bits);
  if (compression != kMasks && compression != kMasksAndAlpha) return;
  // They lie behind the oldest header, and at the same place in the others.
  read_masks(bytes, kFileHeader + kWindowsHeader, header);
  if (size == kWindowsHeader)
    header.palette += compression == kMasksAndAlpha ? 16 : 12;
}

/// Throws Error with the reason alone: a truncated header, one with values that
/// make no picture, or a kind of BMP that is not supported.
BmpHeader read_bmp_header(std::string_view bytes) {
  if (bytes.size() < kFileHeader + 4) fail("truncated BMP");
  const std::size_t size = little_endian_32(bytes, kFileHeader);
  if (std::find(kHeaders.begin(), kHeaders.end(), size) == kHeaders.end())
    fail("BMP with a header of {} bytes is not supported", size);
  if (bytes.size() < kFileHeader + size) fail("truncated BMP");
  BmpHeader header;
  header.palette = kFileHeader + size;
  if (size == kOs2Header)
    read_os2_header(bytes, header);
  else
    read_windows_header(bytes, size, header);
  const bool has_palette = header.bits <= 8;
  const std::size_t most = std::size_t{1} << std::min(header.bits, 8U);
  if (!has_palette)
    header.colours = 0;
  else if (header.colours == 0)
    header.colours = most;
  header.pixels = little_endian_32(bytes, 10);
  const std::size_t palette_end =
      header.palette + header.colours * header.colour_bytes;
  // Some programs forget to say where the pixels are, or to count the palette.
  if (header.pixels == 0 ||
      (has_palette && header.pixels == kFileHeader + size))
    header.pixels = palette_end;
  if (header.pixels < kFileHeader + size)
    fail("invalid BMP: pixels begin at byte {}, within the header of {}",
         header.pixels, kFileHeader + size);
  return header;
}

using Colour = std::array<std::uint8_t, kChannels>;
using Palette = std::array<Colour, 256>;

/// As many colours as are claimed and as are there, then black. Like Pillow, it
/// does not care whether the pixels begin before the palette ends.
Palette read_palette(std::string_view bytes, const BmpHeader& header) {
  Palette palette{};
  const std::size_t count = std::min(header.colours, palette.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = header.palette + i * header.colour_bytes;
    if (bytes.size() < at + kChannels) break;
    for (std::size_t c = 0; c < kChannels; ++c)
      palette[i][c] =
          static_cast<std::uint8_t>(byte_at(bytes, at + kChannels - 1 - c));
  }
  return palette;
}

/// Where row y of the file lies in the picture.
std::uint8_t* row_of(Image& image, const BmpHeader& header, std::size_t y) {
  const std::size_t row = header.top_down ? y : image.height - 1 - y;
  return image.rgb.data() + row * image.width * kChannels;
}

/// One channel of a colour, by its mask.
class Channel {
 public:
  explicit Channel(std::uint32_t mask) {
    if (mask == 0) return;
    while ((mask >> shift_ & 1) == 0) ++shift_;
    max_ = mask >> shift_;
  }

  std::uint8_t of(std::uint32_t pixel) const {
    const std::uint64_t value = pixel >> shift_ & max_;
    if (max_ == 255 || max_ == 0) return static_cast<std::uint8_t>(value);
    return static_cast<std::uint8_t>(value * 255 / max_);
  }

 private:
  std::uint32_t shift_ = 0;
  std::uint32_t max_ = 0;
};

void read_indices(std::string_view row, std::uint32_t bits,
                  const Palette& palette, std::uint8_t* out,
                  std::size_t width) {
  const std::size_t in_byte = 8 / bits;
  const std::uint32_t mask = (1U << bits) - 1;
  for (std::size_t x = 0; x < width; ++x) {
    // The leftmost pixel has a byte's highest bits.
    const std::size_t right = in_byte - 1 - x % in_byte;
    const std::uint32_t index =
        byte_at(row, x / in_byte) >> (right * bits) & mask;
    out = std::copy(palette[index].begin(), palette[index].end(), out);
  }
}

void read_colours(std::string_view row, std::uint32_t bits,
                  const std::array<Channel, kChannels>& channels,
                  std::uint8_t* out, std::size_t width) {
  const std::size_t pixel_bytes = bits / 8;
  for (std::size_t x = 0; x < width; ++x) {
    std::uint32_t pixel = 0;
    for (std::size_t i = 0; i < pixel_bytes; ++i)
      pixel |= byte_at(row, x * pixel_bytes + i) << (8 * i);
    for (const Channel& channel : channels) *out++ = channel.of(pixel);
  }
}

Image read_rows(std::string_view bytes, const BmpHeader& header) {
  const std::size_t row_bits = header.width * header.bits;
  const std::size_t row_bytes = (row_bits + 7) / 8;
  const std::size_t stride = (row_bits + 31) / 32 * 4;
  const std::size_t needed = (header.height - 1) * stride + row_bytes;
  if (bytes.size() < header.pixels || bytes.size() - header.pixels < needed)
    fail("truncated BMP");
  const Palette palette = read_palette(bytes, header);
  const std::array<Channel, kChannels> channels = {Channel(header.masks[0]),
                                                   Channel(header.masks[1]),
                                                   Channel(header.masks[2])};
  Image image{header.width, header.height, {}};
  image.rgb.resize(image.width * image.height * kChannels);
  for (std::size_t y = 0; y < image.height; ++y) {
    const std::string_view row =
        bytes.substr(header.pixels + y * stride, row_bytes);
    std::uint8_t* out = row_of(image, header, y);
    if (header.bits <= 8)
      read_indices(row, header.bits, palette, out, image.width);
    else
      read_colours(row, header.bits, channels, out, image.width);
  }
  return image;
}

/// Run lengths: pairs of bytes, of which some are followed by more.
class RunLengthReader {
 public:
  RunLengthReader(std::string_view bytes, const BmpHeader& header)
      : header_(header),
        palette_(read_palette(bytes, header)),
        image_{header.width, header.height, {}},
        pixels_(header.width * header.height) {
    if (bytes.size() < header.pixels) fail("truncated BMP");
    rest_ = bytes.substr(header.pixels);
  }

  Image read() {
    for (image_.rgb.reserve(pixels_ * kChannels);
         image_.rgb.size() < pixels_ * kChannels;)
      image_.rgb.insert(image_.rgb.end(), palette_[0].begin(),
                        palette_[0].end());
    while (position_ < pixels_ && read_code()) {
    }
    return std::move(image_);
  }

 private:
  static constexpr std::uint32_t kEndOfRow = 0;
  static constexpr std::uint32_t kEnd = 1;
  static constexpr std::uint32_t kMove = 2;

  std::uint32_t next_byte() {
    if (rest_.empty()) fail("truncated BMP");
    const std::uint32_t byte = byte_at(rest_, 0);
    rest_.remove_prefix(1);
    return byte;
  }

  /// False after the last.
  bool read_code() {
    const std::uint32_t count = next_byte();
    const std::uint32_t value = next_byte();
    if (count > 0)
      repeat(count, value);
    else if (value == kEndOfRow)
      end_row();
    else if (value == kMove)
      move();
    else if (value != kEnd)
      copy(value);
    return count > 0 || value != kEnd;
  }

  void put(std::uint32_t index) {
    if (position_ >= pixels_) return;
    const Colour& colour = palette_[index];
    std::copy(colour.begin(), colour.end(),
              row_of(image_, header_, position_ / image_.width) +
                  position_ % image_.width * kChannels);
    ++position_;
  }

  bool is_short() const { return header_.coding == BmpCoding::kRunLength4; }
  static std::uint32_t half(std::uint32_t value, std::size_t i) {
    return i % 2 == 0 ? value >> 4 : value & 15;
  }

  /// A run does not go on in the next row.
  void repeat(std::size_t count, std::uint32_t value) {
    count =
        std::min(count, column_ < image_.width ? image_.width - column_ : 0);
    for (std::size_t i = 0; i < count; ++i)
      put(is_short() ? half(value, i) : value);
    column_ += count;
    row_begun_ = true;
  }

  void copy(std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_short() || i % 2 == 0) {
        // What is missing behind the last pixel is not missed.
        if (position_ >= pixels_) return;
        value = next_byte();
      }
      put(is_short() ? half(value, i) : value);
    }
    column_ += count;
    row_begun_ = true;
    const std::size_t count_bytes = is_short() ? (count + 1) / 2 : count;
    if (count_bytes % 2 != 0 && !rest_.empty()) next_byte();  // padding
  }

  /// Goes to the next row: from the middle of one to its end, from a row in
  /// which nothing was put past all of it.
  void end_row() {
    if (row_begun_)
      position_ = (position_ + image_.width - 1) / image_.width * image_.width;
    else
      position_ += image_.width;
    column_ = 0;
    row_begun_ = false;
  }

  void move() {
    const std::size_t right = next_byte();
    const std::size_t up = next_byte();
    position_ += right + up * image_.width;
    column_ = position_ % image_.width;
    if (right > 0) row_begun_ = true;
  }

  const BmpHeader& header_;
  Palette palette_;
  Image image_;
  std::string_view rest_;
  std::size_t pixels_;
  std::size_t position_ = 0;  // of the next pixel, counted in the file's order
  std::size_t column_ = 0;    // beyond the width where a copy went over its row
  bool row_begun_ = false;    // since the last end of a row
};

}  // namespace

Image decode_bmp(std::string_view bytes, std::uint64_t max_bytes) {
  const BmpHeader header = read_bmp_header(bytes);
  check_pixel_bytes(header.width, header.height, max_bytes);
  return header.coding == BmpCoding::kPlain
             ? read_rows(bytes, header)
             : RunLengthReader(bytes, header).read();
}

}  // namespace imsearch
