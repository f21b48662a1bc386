// Files written whole or not at all:
//
//   OutputFile file("index.idx");
//   file.write(...);
//   file.commit();  // there from now on, and not before
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// Where bytes wait for commit(), in the folder of the target.
enum class Temporary {
  /// A name of its own each time: writers of one target do not meet. It is
  /// locked (flock) while it is written: what a killed process left is known by
  /// its lack of a lock, and removed by the next writer of that target.
  kUnique,
  /// The target's name + ".part": a killed process leaves one such file, not
  /// one each time. It is locked, so that a second writer is refused.
  kPart,
  /// As kPart, but what an earlier writer left stays until truncate().
  kOldPart
};

/// A file that appears under its name only when it is complete: bytes go to
/// a temporary name in the same folder; commit() checks, syncs and renames.
/// Without commit() the destructor removes the temporary file and an older file
/// of that name stays as it was. An older file's mode is kept, and its owner
/// where that is allowed. A symbolic link stays: what it leads to is replaced,
/// or made where the link leads to nothing. A target that exists and is not a
/// regular file (a FIFO, /dev/full) is written directly, and "-" is standard
/// output, which is left open. Not copyable; one thread at a time.
///
/// A part that keep() is called for stays without commit(), for a later run. A
/// killed process has lost what it had not flushed; but if the machine went
/// down, pages from before then may be missing or zero, also between good ones:
/// only finish() syncs. Callers that go on from a part must be able to tell.
class OutputFile {
 public:
  /// Throws Error if the file cannot be created, if an older one may not be
  /// written, or if another process is writing this part. Waits where `path` is
  /// a FIFO that nobody reads yet.
  explicit OutputFile(std::string path,
                      Temporary temporary = Temporary::kUnique);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// Appends; buffered. Throws Error on a failed or short write, Interrupted
  /// on a SIGINT while it waits for the reader of a pipe.
  void write(const void* data, std::size_t size_bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Writes over bytes that were written before, at `offset_bytes` from the
  /// start: for a header that is known last. Only where is_regular(). Throws
  /// Error.
  void write_at(std::uint64_t offset_bytes, const void* data,
                std::size_t size_bytes);

  /// Leaves a hole of zeros behind what was written, for write_at() to fill.
  /// Only where is_regular(). Throws Error.
  void skip(std::uint64_t size_bytes);

  /// Hands buffered bytes to the system, so that readers of a pipe see them.
  void flush();

  /// Drops what an old part has behind `size_bytes`, where write() then goes
  /// on. To be called before the first write(). Throws Error.
  void truncate(std::uint64_t size_bytes);
  /// From now on the destructor leaves the temporary file; an old part stays in
  /// any case as long as nothing is done to it.
  void keep() { kept_ = true; }

  /// Bytes in the file so far.
  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// What path() leads to by links; empty unless is_regular().
  const std::string& target() const { return target_; }
  /// Where the bytes are before commit(); empty unless is_regular().
  const std::string& temporary() const { return temporary_; }
  /// False for a pipe, a device and standard output, which have no part.
  bool is_regular() const { return !temporary_.empty(); }

  /// False where the file system has no locks (io/file_lock.h): nobody then
  /// keeps a second writer of a part away. True for what is written directly.
  bool is_locked() const { return is_locked_; }

  /// Flushes and syncs without renaming: the slow and fallible part of
  /// commit(), so that two files can be made to appear together.
  void finish();
  /// finish(), then the rename. Throws Error; the file is then not there.
  void commit();

 private:
  void open_unique();
  void open_part();
  bool lock_part(const std::string& name);

  std::string path_;
  std::string target_;     // what path_'s links lead to
  std::string temporary_;  // empty: written directly
  std::string buffer_;
  std::uint64_t size_ = 0;
  int fd_ = -1;
  bool kept_ = false;
  bool is_locked_ = true;
  bool finished_ = false;
};

}  // namespace imsearch
