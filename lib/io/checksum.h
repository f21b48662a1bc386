// The sums that guard our files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

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

}  // namespace imsearch
