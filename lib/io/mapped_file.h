// A whole file as read-only memory: vectors, names, indexes and weights are
// used where they lie in the page cache, and never copied as a whole.
#pragma once

#include "io/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

struct MappedRange;  // what the handler of SIGBUS knows of a mapping

/// What tells that a file has been written to: its size, and when its content
/// was last modified.
struct FileState {
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970

  friend bool operator==(const FileState& a, const FileState& b) {
    return a.size_bytes == b.size_bytes && a.modified_ns == b.modified_ns;
  }
  friend bool operator!=(const FileState& a, const FileState& b) {
    return !(a == b);
  }
};

/// A read-only mapping of a regular file; opening costs no reading, pages come
/// on first touch. Move-only. Any number of threads may read.
///
/// The bytes are those of the file: another program that writes to it changes
/// what is read here, and current_state() tells. A program that renames a new
/// file to its name changes nothing: the mapping keeps the old one. When the
/// file is truncated, reading behind its new end raises SIGBUS, which ends the
/// process; on_mapping_fault() lets it end with a message.
class MappedFile {
 public:
  /// Throws Error if the file cannot be opened, is not a regular file, or
  /// cannot be mapped. An empty file is a mapping of 0 bytes.
  /// `keep_open`: descriptor() is there until close_descriptor().
  explicit MappedFile(const std::string& path, bool keep_open = false);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  /// Valid until *this is destroyed or moved from.
  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  const std::string& path() const { return path_; }

  /// The state of the file when it was mapped.
  const FileState& state() const { return state_; }
  /// Its state now. That of the mapping, if another file has taken its name.
  FileState current_state() const;

  /// Whether the path still leads to this file, and not to another or to none.
  bool has_its_name() const;

  /// For more mappings of the file.
  int descriptor() const { return descriptor_.get(); }
  void close_descriptor() { descriptor_.reset(); }

  /// Tells the kernel how the mapping will be read (madvise).
  void expect_sequential_access() const;

  /// Lets go of the pages of a part of the mapping, which are read again when
  /// they are touched.
  void release(std::string_view part) const;

 private:
  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  FileState state_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  MappedRange* range_ = nullptr;
  Descriptor descriptor_;
};

/// Makes these bytes known as mapped from the file `path`, for
/// on_mapping_fault(). Any thread.
MappedRange* add_mapped_range(const std::byte* begin, std::size_t size_bytes,
                              const std::string& path);
/// To be called before the bytes are unmapped: their addresses may be another
/// file's at once. Any thread.
void remove_mapped_range(MappedRange* range);

/// From now on, `report` is called with the path of a MappedFile whose bytes
/// cannot be read any more: it was truncated, or its disk fails. It is called
/// in a signal handler, on the thread that reads, and must end the process by
/// means that are safe there. Another SIGBUS ends the process as before.
void on_mapping_fault(void (*report)(const char* path));

}  // namespace imsearch
