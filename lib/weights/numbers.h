// Numbers as weights files hold them: little-endian sizes in headers, and
// values in any of the floating point types that networks are stored in.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

namespace imsearch {

/// All of `bytes`, at most 8, as one unsigned number, lowest byte first.
inline std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
    value = value << 8 | static_cast<unsigned char>(*byte);
  return value;
}

/// All of `bytes`, at most 8, as one signed number in two's complement.
inline std::int64_t signed_little_endian(std::string_view bytes) {
  std::uint64_t value = little_endian(bytes);
  const bool negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
  if (negative && bytes.size() < sizeof value)
    value |= ~std::uint64_t{0} << 8 * bytes.size();
  return static_cast<std::int64_t>(value);
}
/// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. Exact in float.
struct Half {
  std::uint16_t bits = 0;

  explicit operator float() const {
    const int exponent = bits >> 10 & 31;
    const auto fraction = static_cast<float>(bits & 1023);
    float value = 0;
    if (exponent == 31)
      value = fraction == 0 ? std::numeric_limits<float>::infinity()
                            : std::numeric_limits<float>::quiet_NaN();
    else if (exponent == 0)
      value = std::ldexp(fraction, -24);
    else
      value = std::ldexp(fraction + 1024.0F, exponent - 25);
    return (bits & 0x8000) == 0 ? value : -value;
  }
};

/// The upper half of a float's bits.
struct Bfloat16 {
  std::uint16_t bits = 0;

  explicit operator float() const {
    const std::uint32_t wide = std::uint32_t{bits} << 16;
    float value = 0;
    std::memcpy(&value, &wide, sizeof value);
    return value;
  }
};

/// The i-th of the numbers of type T at `numbers` (little-endian, any
/// alignment), as a float.
template <typename T>
float float_at(const void* numbers, std::size_t i) {
  T value{};
  std::memcpy(&value, static_cast<const char*>(numbers) + i * sizeof(T),
              sizeof(T));
  return static_cast<float>(value);
}

/// All of them.
template <typename T>
std::vector<float> floats_from(const void* numbers, std::size_t size_bytes) {
  std::vector<float> values(size_bytes / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = float_at<T>(numbers, i);
  return values;
}

}  // namespace imsearch
