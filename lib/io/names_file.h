// A file of names (io/fnames.h) read from front to back, however large: only
// what is looked at is in memory.
#pragma once

#include "io/fnames.h"
#include "io/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// Immutable; any number of threads may read.
class NamesFile {
 public:
  /// Counts the names. Throws Error if it is no regular file that can be read.
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
