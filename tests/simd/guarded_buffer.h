// Memory that ends where the process may not read.
#pragma once

#include "base/error.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace imsearch::test {

/// Values of type T whose last one is followed by a page without access: to
/// read or write past them ends the process.
template <typename T>
class GuardedBuffer {
 public:
  explicit GuardedBuffer(std::size_t max_count) {
    page_bytes_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    data_bytes_ =
        (max_count * sizeof(T) + page_bytes_ - 1) / page_bytes_ * page_bytes_;
    void* memory =
        ::mmap(nullptr, data_bytes_ + page_bytes_, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap: {}", errno_text(errno));
    memory_ = static_cast<char*>(memory);
    if (::mprotect(memory_ + data_bytes_, page_bytes_, PROT_NONE) != 0)
      fail("mprotect: {}", errno_text(errno));
  }
  ~GuardedBuffer() {
    if (memory_ != nullptr) ::munmap(memory_, data_bytes_ + page_bytes_);
  }
  GuardedBuffer(GuardedBuffer&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)),
        data_bytes_(other.data_bytes_),
        page_bytes_(other.page_bytes_) {}
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  /// The last `count` places before the guard, filled from `values`.
  T* fill(const T* values, std::size_t count) {
    T* place = last(count);
    if (count > 0) std::memcpy(place, values, count * sizeof(T));
    return place;
  }
  T* last(std::size_t count) {
    return reinterpret_cast<T*>(memory_ + data_bytes_) - count;
  }

 private:
  char* memory_ = nullptr;
  std::size_t data_bytes_ = 0;
  std::size_t page_bytes_ = 0;
};

}  // namespace imsearch::test
