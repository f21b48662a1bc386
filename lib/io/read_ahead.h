// Which pages of a mapped file are read, and when. Left alone, the system reads
// up to megabytes around each page that is found missing, while whoever needed
// it waits: right for what is read from front to back, and ruinous for
// scattered rows of a file that is larger than memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

namespace imsearch {

/// Has the system read these bytes, and no others than those of their pages,
/// while the caller goes on. Reading ahead is advice: nothing fails. Where they
/// are in memory, or of no file, nothing happens.
void fetch_mapped(const void* data, std::size_t size_bytes);

/// As long as it lives, a page of these bytes that is found missing is read
/// alone. One at a time for the same bytes.
class ScatteredAccess {
 public:
  ScatteredAccess(const void* data, std::size_t size_bytes);
  ~ScatteredAccess();
  ScatteredAccess(const ScatteredAccess&) = delete;
  ScatteredAccess& operator=(const ScatteredAccess&) = delete;

 private:
  const void* data_;
  std::size_t size_bytes_;
};

/// Mapped bytes that are read from front to back at some times, and here and
/// there at others. Any number of threads; they all get what was expected last.
class ReadingOrder {
 public:
  /// Only before it is shared.
  void add(const void* data, std::size_t size_bytes) {
    parts_.emplace_back(data, size_bytes);
  }
  void expect_scattered() const { expect(true); }
  void expect_in_order() const { expect(false); }

 private:
  void expect(bool scattered) const;

  std::vector<std::pair<const void*, std::size_t>> parts_;
  mutable std::atomic<bool> scattered_{false};  // the system's own: in order
};

}  // namespace imsearch
