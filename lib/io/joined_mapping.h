// Parts of two files as one range of memory: what an index file has of a
// section, and behind it what a file of changes adds.
#pragma once

#include "io/mapped_file.h"

#include <cstddef>
#include <string_view>

namespace imsearch {

/// Mapped like a MappedFile: pages come on first touch, and can be dropped by
/// the system. Move-only.
class JoinedMapping {
 public:
  /// `head` is a part of `first`, `rest` one of `second`. Both parts begin at
  /// multiples of 4096 bytes of their files, and the size of `head` is one. The
  /// files must have their descriptors open. With `writable`, bytes() may be
  /// changed: that changes no file, and pages that are written to stay in
  /// memory. Throws Error.
  JoinedMapping(const MappedFile& first, std::string_view head,
                const MappedFile& second, std::string_view rest, bool writable);
  ~JoinedMapping();
  JoinedMapping(JoinedMapping&& other) noexcept;
  JoinedMapping& operator=(JoinedMapping&&) = delete;

  std::string_view bytes() const { return {data_, size_}; }
  /// Only of what is writable.
  char* writable_data() { return data_; }

 private:
  void map(const MappedFile& file, std::string_view part, std::size_t at,
           bool writable, MappedRange*& range);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  MappedRange* head_range_ = nullptr;
  MappedRange* rest_range_ = nullptr;
};

}  // namespace imsearch
