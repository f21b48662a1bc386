// The part of libzip that reading PyTorch's files needs: which entries there
// are, and what is in one. libzip's reasons become our errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct zip;

namespace imsearch {

/// A zip archive in memory, open for reading: stored and deflated entries,
/// ZIP64 too. One thread at a time. Every function throws Error with libzip's
/// reason, without the file's name.
class ZipFile {
 public:
  /// Deflate shrinks zeros a thousandfold. An entry that would grow beyond so
  /// many times the archive is refused: weights hardly shrink at all.
  static constexpr std::uint64_t kMaxGrowth = 16;

  /// `bytes` must outlive it.
  explicit ZipFile(std::string_view bytes);
  ~ZipFile();
  ZipFile(const ZipFile&) = delete;
  ZipFile& operator=(const ZipFile&) = delete;

  /// In the order of the archive.
  std::vector<std::string> names() const;

  bool has(const std::string& name) const;

  /// Bytes of the entry's content, as the archive's directory says.
  std::uint64_t size_bytes(const std::string& name) const;

  /// The content, its checksum verified.
  std::string read(const std::string& name) const;

 private:
  std::uint64_t locate(const std::string& name) const;

  std::uint64_t archive_bytes_;
  zip* archive_ = nullptr;  // zip_t, without libzip's header here
};

}  // namespace imsearch
