// The sums that guard our files against damage (XXH3, quick, and not made to
// withstand anyone who wants two files to have one sum), and SHA-256, by which
// weights are known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace imsearch {

/// XXH3, 64 bits, seed 0, of bytes that come in pieces.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void add(const void* data, std::size_t size_bytes);
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::uint64_t checksum_of(const void* data, std::size_t size_bytes);

/// XXH3, 128 bits, seed 0, of a file's content, by which it is known again.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  void add(const void* data, std::size_t size_bytes);
  /// The high half first, as the hash is printed.
  std::array<std::uint64_t, 2> value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 (FIPS 180-4, by nettle) of a file: 64 lower-case hex digits. Throws
/// Error if the file cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace imsearch
