// A whole file as read-only memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// A read-only mapping of a regular file; opening costs no reading, pages come
/// on first touch. Move-only. Immutable: any number of threads may read.
/// A file that another program truncates while it is mapped ends the process
/// (SIGBUS), as with every mapping.
class MappedFile {
 public:
  /// Throws Error if the file cannot be opened, is not a regular file, or
  /// cannot be mapped. An empty file is a mapping of 0 bytes.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  /// Valid until *this is destroyed or moved from.
  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  const std::string& path() const { return path_; }

  /// Tells the kernel how the mapping will be read (madvise).
  void expect_random_access() const;
  void expect_sequential_access() const;

  /// Lets go of the pages of a part of the mapping, which are read again when
  /// they are touched.
  void release(std::string_view part) const;

 private:
  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace imsearch
