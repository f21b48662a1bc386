// Numbers in the headers of weights files.
#pragma once

#include <cstdint>
#include <string_view>

namespace imsearch {

/// All of `bytes`, at most 8, as one unsigned number, lowest byte first.
inline std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
    value = value << 8 | static_cast<unsigned char>(*byte);
  return value;
}

}  // namespace imsearch
