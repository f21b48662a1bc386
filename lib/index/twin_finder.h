// Which rows have the same code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace imsearch {

/// Remembers, by a 128-bit hash (XXH3), the first row of every code. Any number
/// of threads.
class TwinFinder {
 public:
  /// The row that came first with these bytes; `row` itself if it is the first.
  std::uint32_t first_row(const void* code, std::size_t size_bytes,
                          std::uint32_t row);

  /// Memory for `rows` different codes.
  static std::uint64_t memory_bytes(std::size_t rows);

 private:
  struct Key {
    std::uint64_t low;
    std::uint64_t high;
    bool operator==(const Key& other) const {
      return low == other.low && high == other.high;
    }
  };
  struct LowBits {
    std::size_t operator()(const Key& key) const { return key.low; }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<Key, std::uint32_t, LowBits> first_rows;
  };
  std::array<Shard, 64> shards_;  // so that threads seldom wait
};

}  // namespace imsearch
