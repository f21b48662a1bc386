// Huge pages for memory that is read all over: they save address lookups.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Makes `values` `count` zeros, on huge pages where the system grants them.
/// The vector must be empty: pages that are in use stay as they are.
template <typename T>
void resize_on_huge_pages(std::vector<T>& values, std::size_t count) {
  values.reserve(count);
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(values.data());
  const std::uintptr_t first = (begin + page - 1) / page * page;
  const std::uintptr_t last = (begin + count * sizeof(T)) / page * page;
  if (first < last)
    ::madvise(reinterpret_cast<char*>(values.data()) + (first - begin),
              last - first, MADV_HUGEPAGE);
  values.resize(count);
}

}  // namespace imsearch
