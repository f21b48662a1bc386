#include "io/read_ahead.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace imsearch {
namespace {

/// Advises about the whole pages that the bytes lie in.
void advise(const void* data, std::size_t size_bytes, int advice) {
  if (size_bytes == 0) return;
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(data) % page;
  const char* begin = static_cast<const char*>(data) - before;
  ::madvise(const_cast<char*>(begin), before + size_bytes, advice);
}

}  // namespace

void fetch_mapped(const void* data, std::size_t size_bytes) {
  advise(data, size_bytes, MADV_WILLNEED);
}

ScatteredAccess::ScatteredAccess(const void* data, std::size_t size_bytes)
    : data_(data), size_bytes_(size_bytes) {
  advise(data_, size_bytes_, MADV_RANDOM);
}

ScatteredAccess::~ScatteredAccess() {
  advise(data_, size_bytes_, MADV_NORMAL);
}

void ReadingOrder::expect(bool scattered) const {
  if (parts_.empty() || scattered_.exchange(scattered) == scattered) return;
  for (const auto& [data, size_bytes] : parts_)
    advise(data, size_bytes, scattered ? MADV_RANDOM : MADV_NORMAL);
}

}  // namespace imsearch
