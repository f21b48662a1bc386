// 16-bit floating point numbers, as weights files hold them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace imsearch {

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
