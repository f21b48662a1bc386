// Numbers in the headers of image files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

// All read at `i`, which with the number's size must lie within `bytes`.

inline std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

inline std::uint32_t little_endian_16(std::string_view bytes, std::size_t i) {
  return byte_at(bytes, i) | byte_at(bytes, i + 1) << 8;
}

inline std::uint32_t little_endian_32(std::string_view bytes, std::size_t i) {
  return little_endian_16(bytes, i) | little_endian_16(bytes, i + 2) << 16;
}

inline std::uint32_t big_endian_16(std::string_view bytes, std::size_t i) {
  return byte_at(bytes, i) << 8 | byte_at(bytes, i + 1);
}

inline std::uint32_t big_endian_32(std::string_view bytes, std::size_t i) {
  return big_endian_16(bytes, i) << 16 | big_endian_16(bytes, i + 2);
}

}  // namespace imsearch
