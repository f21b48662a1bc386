// Sums by libraries: XXH3 of xxHash, and SHA-256 of nettle.
#include "io/checksum.h"

#include "io/input_file.h"

#include <nettle/sha2.h>
#include <xxhash.h>

#include <array>
#include <cstdint>
#include <new>
#include <vector>

namespace imsearch {

struct Checksum::State {
  XXH3_state_t* xxh3 = XXH3_createState();
  State() {
    if (xxh3 == nullptr) throw std::bad_alloc();
    XXH3_64bits_reset(xxh3);
  }
  ~State() { XXH3_freeState(xxh3); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;

void Checksum::add(const void* data, std::size_t size_bytes) {
  if (size_bytes > 0) XXH3_64bits_update(state_->xxh3, data, size_bytes);
}

std::uint64_t Checksum::value() const {
  return XXH3_64bits_digest(state_->xxh3);
}

std::uint64_t checksum_of(const void* data, std::size_t size_bytes) {
  Checksum checksum;
  checksum.add(data, size_bytes);
  return checksum.value();
}

struct ContentHash::State {
  XXH3_state_t* xxh3 = XXH3_createState();
  State() {
    if (xxh3 == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(xxh3);
  }
  ~State() { XXH3_freeState(xxh3); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {}
ContentHash::~ContentHash() = default;

void ContentHash::add(const void* data, std::size_t size_bytes) {
  if (size_bytes > 0) XXH3_128bits_update(state_->xxh3, data, size_bytes);
}

std::array<std::uint64_t, 2> ContentHash::value() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh3);
  return {hash.high64, hash.low64};
}

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
