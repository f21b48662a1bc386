#include "io/sha256.h"

#include "io/input_file.h"

#include <nettle/sha2.h>

#include <array>
#include <cstdint>
#include <vector>

namespace imsearch {

std::string sha256_of_file(const std::string& path) {
  InputFile file(path);
  sha256_ctx context;
  sha256_init(&context);
  std::vector<std::uint8_t> buffer(std::size_t{1} << 18);
  while (const std::size_t n = file.read(buffer.data(), buffer.size()))
    sha256_update(&context, n, buffer.data());
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest = {};
  sha256_digest(&context, digest.size(), digest.data());

  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 15U];
  }
  return text;
}

}  // namespace imsearch
