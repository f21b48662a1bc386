#include "image/gif_files.h"

#include "image/image_files.h"

namespace imsearch::test {
namespace {

constexpr std::uint32_t kIndexBits = 2;  // of a palette of 4

std::string byte(std::uint32_t value) {
  return {static_cast<char>(value)};
}

/// LZW codes that make no use of the table: it is cleared before each index.
std::string lzw_data(const std::string& indices) {
  constexpr std::uint32_t kCodeBits = kIndexBits + 1;
  constexpr std::uint32_t kClear = 1U << kIndexBits;
  constexpr std::uint32_t kEnd = kClear + 1;
  std::string data;
  std::uint32_t waiting = 0;  // bits of the next byte
  std::uint32_t bits = 0;
  const auto put = [&](std::uint32_t code) {
    waiting |= code << bits;
    for (bits += kCodeBits; bits >= 8; bits -= 8) {
      data += byte(waiting & 255);
      waiting >>= 8;
    }
  };
  for (const char index : indices) {
    put(kClear);
    put(static_cast<unsigned char>(index));
  }
  put(kEnd);
  if (bits > 0) data += byte(waiting);
  return data;
}

std::string in_blocks(const std::string& data) {
  constexpr std::size_t kBlock = 255;
  std::string result;
  for (std::size_t i = 0; i < data.size(); i += kBlock) {
    const std::string block = data.substr(i, kBlock);
    result += byte(static_cast<std::uint32_t>(block.size())) + block;
  }
  return result + byte(0);
}

std::string frame_bytes(const GifFrame& frame) {
  std::string result;
  if (frame.transparent >= 0)
    result += std::string("\x21\xf9\4\1\0\0", 6) +
              byte(static_cast<std::uint32_t>(frame.transparent)) + byte(0);
  const std::uint32_t local = frame.palette.empty() ? 0 : 0x81;
  return result + "," + little_endian(frame.left, 2) +
         little_endian(frame.top, 2) + little_endian(frame.width, 2) +
         little_endian(frame.height, 2) +
         byte(local | (frame.interlaced ? 0x40 : 0)) + frame.palette +
         byte(kIndexBits) + in_blocks(lzw_data(frame.indices));
}

}  // namespace

std::string gif_file(std::uint32_t width, std::uint32_t height,
                     const std::string& palette,
                     const std::vector<GifFrame>& frames) {
  constexpr std::uint32_t kBackground = 3;
  std::string result =
      "GIF89a" + little_endian(width, 2) + little_endian(height, 2) +
      byte(palette.empty() ? 0 : 0x81) + byte(kBackground) + byte(0) + palette;
  for (const GifFrame& frame : frames) result += frame_bytes(frame);
  return result + ";";
}

}  // namespace imsearch::test
