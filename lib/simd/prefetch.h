// Asking for memory before it is needed: a search jumps through an index at
// random, and would otherwise wait for memory at each jump.
#pragma once

#include <cstddef>

namespace imsearch {

/// Starts to bring `size_bytes` from `data` on into the cache, line by line.
/// Any address will do. Static, so that the files for one kind of CPU keep
/// their own.
static inline void prefetch(const void* data, std::size_t size_bytes) {
  constexpr std::size_t kLineBytes = 64;
  const char* bytes = static_cast<const char*>(data);
  for (std::size_t i = 0; i < size_bytes; i += kLineBytes) {
    __builtin_prefetch(bytes + i);
    // GCC 12 merges the prefetches of a loop into the first one without this.
    asm volatile("" ::: "memory");
  }
}

}  // namespace imsearch
