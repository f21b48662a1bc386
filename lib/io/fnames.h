// Image names: fnames.txt, where line i names row i.
//
// Names are bytes, not text: any byte but the separator may stand in one. The
// separator is a newline, or NUL with -0. The last name is ended too when we
// write; a file whose last name is not ended is read all the same.
// Specification: man/imsearch-formats.5.
#pragma once

#include "io/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

enum class Separator : char { kNewline = '\n', kNul = '\0' };

/// A list of names in one buffer. Immutable but for append().
class Names {
 public:
  Names() = default;

  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  /// Valid until the next append() or the end of *this.
  std::string_view operator[](std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  void append(std::string_view name);
  /// Makes room for `count` more names of `bytes` bytes in all, and no more.
  void reserve(std::size_t count, std::size_t bytes);

  /// Memory that they hold.
  std::uint64_t memory_bytes() const {
    return bytes_.capacity() + ends_.capacity() * sizeof ends_[0];
  }

 private:
  std::string bytes_;
  std::vector<std::uint64_t> ends_;
};

/// Splits `text`; a missing last separator is accepted.
Names split_names(std::string_view text, Separator separator);

/// Reads a names file ("-": standard input). Throws Error if it can't be read.
Names read_names(const std::string& path,
                 Separator separator = Separator::kNewline);

/// A file of names read from front to back, however large: only what is looked
/// at is in memory. Immutable; any number of threads may read.
class NamesFile {
 public:
  /// Counts the names. Throws Error if it is not a regular file that can be
  /// read.
  NamesFile(const std::string& path, Separator separator);

  const std::string& path() const { return file_.path(); }
  std::size_t size() const { return size_; }

  /// XXH3-64 of the first `count` names (at most size()), each ended by its
  /// separator.
  std::uint64_t fingerprint(std::size_t count) const;

  /// Gives names in order, the first being `begin` (at most size()). The file
  /// must outlive it. One thread at a time.
  class Reader {
   public:
    Reader(const NamesFile& file, std::size_t begin);
    /// Not past the end. Valid as long as the file.
    std::string_view next();

   private:
    std::string_view left_;
    char separator_;
  };

 private:
  std::string_view text() const {
    return {reinterpret_cast<const char*>(file_.data()), file_.size()};
  }

  MappedFile file_;
  Separator separator_;
  std::size_t size_ = 0;
};

}  // namespace imsearch
