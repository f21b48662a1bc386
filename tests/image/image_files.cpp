#include "image/image_files.h"

#include "base/error.h"
#include "io/file.h"
#include "support/run.h"

#include <zlib.h>

#include <algorithm>

namespace imsearch::test {
namespace {

std::string byte(int value) {
  return {static_cast<char>(value)};
}

const Bytef* data_of(const std::string& bytes) {
  return reinterpret_cast<const Bytef*>(bytes.data());
}

// The number as PNG and zlib write it.
std::string checksum(uLong value) {
  return big_endian(static_cast<std::uint32_t>(value), 4);
}

}  // namespace

std::string golden_image(const std::string& name) {
  return read_file(source_path("tests/golden/images/" + name));
}

std::string little_endian(std::uint32_t value, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
    result += static_cast<char>(value >> (8 * i) & 255);
  return result;
}

std::string big_endian(std::uint32_t value, std::size_t count) {
  std::string result = little_endian(value, count);
  std::reverse(result.begin(), result.end());
  return result;
}

std::string zlib_stored(const std::string& data) {
  const auto size = static_cast<std::uint32_t>(data.size());
  if (size > 0xffff) fail("{} bytes do not fit a stored block", size);
  return "\x78\x01\x01" + little_endian(size, 2) +
         little_endian(~size & 0xffff, 2) + data +
         checksum(::adler32(1, data_of(data), size));
}

std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  return big_endian(static_cast<std::uint32_t>(data.size()), 4) + body +
         checksum(::crc32(0, data_of(body), static_cast<uInt>(body.size())));
}

std::string png_file(std::uint32_t width, std::uint32_t height, int depth,
                     int type, const std::string& zlib_rows,
                     const std::string& before_data) {
  const std::string header = big_endian(width, 4) + big_endian(height, 4) +
                             byte(depth) + byte(type) + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + before_data +
         png_chunk("IDAT", zlib_rows) + png_chunk("IEND", "");
}

std::string bmp_file(std::uint32_t width, std::uint32_t height, int bits,
                     const std::string& palette, const std::string& rows) {
  constexpr std::uint32_t kHeaders = 14 + 40;
  const auto offset = kHeaders + static_cast<std::uint32_t>(palette.size());
  return "BM" + std::string(8, '\0') + little_endian(offset, 4) +
         little_endian(40, 4) + little_endian(width, 4) +
         little_endian(height, 4) + little_endian(1, 2) +
         little_endian(static_cast<std::uint32_t>(bits), 2) +
         std::string(24, '\0') + palette + rows;
}

std::string tga_file(std::uint32_t width, std::uint32_t height, int kind,
                     const std::string& bgr) {
  constexpr int kFromTheTop = 0x20;
  return std::string(2, '\0') + byte(kind) + std::string(9, '\0') +
         little_endian(width, 2) + little_endian(height, 2) + byte(24) +
         byte(kFromTheTop) + bgr;
}

std::string with_sides(std::string jpeg, std::uint32_t width,
                       std::uint32_t height) {
  for (std::size_t i = 2; i + 9 <= jpeg.size();) {
    const auto at = [&](std::size_t k) {
      return std::size_t{static_cast<unsigned char>(jpeg[i + k])};
    };
    if (at(1) >= 0xc0 && at(1) <= 0xc2)
      return jpeg.replace(i + 5, 4,
                          big_endian(height, 2) + big_endian(width, 2));
    i += 2 + at(2) * 256 + at(3);
  }
  fail("the JPEG has no frame header");
}

std::string exif_block(int orientation, bool is_little_endian) {
  const auto number = [&](std::uint32_t value, std::size_t count) {
    return is_little_endian ? little_endian(value, count)
                            : big_endian(value, count);
  };
  const auto entry = [&](std::uint32_t tag, std::uint32_t value) {
    constexpr std::uint32_t kShort = 3;
    return number(tag, 2) + number(kShort, 2) + number(1, 4) +
           number(value, 2) + std::string(2, '\0');
  };
  constexpr std::uint32_t kResolutionUnit = 0x0128;
  constexpr std::uint32_t kOrientation = 0x0112;
  const std::string header = is_little_endian ? "II" : "MM";
  return header + number(42, 2) + number(8, 4) + number(2, 2) +
         entry(kResolutionUnit, 2) +
         entry(kOrientation, static_cast<std::uint32_t>(orientation)) +
         number(0, 4);
}

std::string jpeg_with_exif(const std::string& jpeg, const std::string& block) {
  const std::string content = std::string("Exif\0\0", 6) + block;
  const auto length = static_cast<std::uint32_t>(content.size() + 2);
  return jpeg.substr(0, 2) + "\xff\xe1" + big_endian(length, 2) + content +
         jpeg.substr(2);
}

}  // namespace imsearch::test
