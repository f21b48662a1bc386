// What the headers of a BMP say, of every kind of header.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

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

/// Throws Error with the reason alone: a truncated header, one with values that
/// make no picture, or a kind of BMP that is not supported.
BmpHeader read_bmp_header(std::string_view bytes);

}  // namespace imsearch
