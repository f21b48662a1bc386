// The hash that the tables of expected pixels use.
#pragma once

#include <fmt/format.h>
#include <nettle/sha2.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch::test {

/// The first 32 hex digits of SHA-256 of the values' bytes.
template <typename Value>
std::string sha256_32(const std::vector<Value>& values) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, values.size() * sizeof(Value),
                reinterpret_cast<const std::uint8_t*>(values.data()));
  std::array<std::uint8_t, 16> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  std::string hex;
  for (const std::uint8_t byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace imsearch::test
