// Which rows have the same code, found while a graph is built.
#pragma once

#include <xxhash.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace imsearch {

/// Remembers the first row of every code. Any number of threads.
///
/// A code is known by its 128-bit hash (XXH3), so that codes are not kept
/// twice: among n different codes two collide with probability n^2 / 2^129,
/// which is 1e-26 for a million.
class DuplicateFinder {
 public:
  /// The row that came first with these bytes; `row` itself if it is the first.
  std::uint32_t first_row(const void* code, std::size_t size_bytes,
                          std::uint32_t row) {
    const XXH128_hash_t hash = XXH3_128bits(code, size_bytes);
    Shard& shard = shards_[hash.high64 % shards_.size()];
    const std::lock_guard<std::mutex> lock(shard.mutex);
    const Key key = {hash.low64, hash.high64};
    return shard.first_rows.try_emplace(key, row).first->second;
  }

  /// Memory for `rows` different codes.
  static std::uint64_t memory_bytes(std::size_t rows) {
    // A node of the map holds the key, its row, the hash and the next pointer,
    // as malloc() rounds it up.
    const std::uint64_t node = sizeof(Key) + 8 + 2 * sizeof(void*) + 8;
    const std::uint64_t buckets = 2 * sizeof(void*);
    return rows * (node + buckets);
  }

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
