// The headers of a BMP: 14 bytes that say where the pixels are, then one of
// seven headers, told apart by their sizes, then (sometimes) the colour masks.
//
// Windows's header of 40 bytes grew by masks (52), their alpha (56) and colour
// spaces (108, 124), OS/2's of 12 grew into one of 64 that begins like
// Windows's of 40 but has other codes for its compressions.
#include "image/bmp_header.h"

#include "base/error.h"
#include "image/bytes.h"

#include <algorithm>

namespace imsearch {
namespace {

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

}  // namespace

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

}  // namespace imsearch
