// BMP files of every kind of header, for tests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch::test {

struct Bmp {
  std::size_t header = 40;  // bytes
  std::uint32_t bits = 24;  // a pixel
  std::uint32_t compression = 0;
  std::uint32_t colours = 0;  // claimed; the palette has these, or all
  std::array<std::uint32_t, 4> masks{};
  std::uint32_t beside = 0;  // colours of a palette beside pixels of 16 bits on
  std::size_t gap = 0;       // bytes before the pixels
  bool top_down = false;
  std::uint32_t width = 7;
  std::uint32_t height = 3;
  std::string pixels;      // drawn, unless given
  bool says_where = true;  // or 0 for the offset of the pixels
};

/// The file. Palette, gap and pixels are bytes of a formula.
std::string bmp_bytes(const Bmp& bmp);

/// Codes of 7 x 3 pixels with every kind of code: runs, of which one is longer
/// than its row, a padded copy, a move, the end of a row and that of all.
std::string run_lengths_8();
std::string run_lengths_4();

}  // namespace imsearch::test
