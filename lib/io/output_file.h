// Files written whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// A file that appears under its name only when it is complete: bytes go to
/// a temporary name in the same folder; commit() checks, syncs and renames.
/// Without commit() the destructor removes the temporary file and an older file
/// of that name stays as it was. An older file's mode is kept, and its owner
/// where that is allowed. A symbolic link stays: what it leads to is replaced,
/// or made where the link leads to nothing. A target that exists and is not a
/// regular file (a FIFO, /dev/full) is written directly, and "-" is standard
/// output, which is left open. Not copyable; one thread at a time.
class OutputFile {
 public:
  /// Throws Error if the file cannot be created, or if an older one may not be
  /// written. Waits where `path` is a FIFO that nobody reads yet.
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// Appends; buffered. Throws Error on a failed or short write, Interrupted
  /// on a SIGINT while it waits for the reader of a pipe.
  void write(const void* data, std::size_t size_bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Writes at `offset_bytes` from the start, for headers known last. Only for
  /// a regular target. Throws Error.
  void write_at(std::uint64_t offset_bytes, const void* data,
                std::size_t size_bytes);

  /// Hands buffered bytes to the system, so that readers of a pipe see them.
  void flush();

  /// Bytes appended so far.
  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// False for a pipe, a device and standard output: no write_at().
  bool is_regular() const { return !temporary_.empty(); }

  /// Flushes and syncs without renaming: the slow and fallible part of
  /// commit(), so that two files can be made to appear together.
  void finish();
  /// finish(), then the rename. Throws Error; the file is then not there.
  void commit();

 private:
  void open_temporary();

  std::string path_;
  std::string target_;     // what path_'s links lead to
  std::string temporary_;  // empty: written directly
  std::string buffer_;
  std::uint64_t size_ = 0;
  int fd_ = -1;
  bool finished_ = false;
};

}  // namespace imsearch
