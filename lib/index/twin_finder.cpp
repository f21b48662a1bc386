#include "index/twin_finder.h"

#include <xxhash.h>

namespace imsearch {

std::uint32_t TwinFinder::first_row(const void* code, std::size_t size_bytes,
                                    std::uint32_t row) {
  const XXH128_hash_t hash = XXH3_128bits(code, size_bytes);
  Shard& shard = shards_[hash.high64 % shards_.size()];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  const Key key = {hash.low64, hash.high64};
  return shard.first_rows.try_emplace(key, row).first->second;
}

std::uint64_t TwinFinder::memory_bytes(std::size_t rows) {
  // A key, its row, the hash and the next, as malloc() rounds it up.
  const std::uint64_t node = sizeof(Key) + 8 + 2 * sizeof(void*) + 8;
  const std::uint64_t buckets = 2 * sizeof(void*);
  return rows * (node + buckets);
}

}  // namespace imsearch
