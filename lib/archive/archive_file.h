// An archive read from front to back, by libarchive: tar (also compressed by
// gzip, bzip2, xz or zstd), zip, 7z and cpio.
//
// Nothing is ever written anywhere: members are names and bytes in memory. What
// an archive says of itself is not believed: how many bytes come of it is
// bounded, whatever its headers say.
//
//   ArchiveFile archive("photos.zip");
//   while (const auto member = archive.next())
//     if (member->kind == MemberKind::kFile) use(archive.read(kMaxBytes));
#pragma once

#include "io/ledger.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace imsearch {

enum class MemberKind : char {
  kFile,
  kFolder,
  kLink,     // symbolic, or a further name of another member
  kSpecial,  // a device, a pipe, a socket
};

struct Member {
  std::string name;  // bytes; "dir/a.jpg", without "/" and "./" at its start
  MemberKind kind = MemberKind::kFile;
  std::optional<std::uint64_t> bytes;  // as its header says, if it does
  std::int64_t modified_ns = 0;        // 0 where that is not known
  bool encrypted = false;
};

/// Archives from which more bytes come than this, and than 200 times their own
/// size beside, are refused: decompression bombs.
inline constexpr std::uint64_t kMaxArchiveSlackBytes = 512'000'000;
inline constexpr std::uint64_t kMaxArchiveRatio = 200;

/// One thread at a time. All errors are the reason alone, without the archive's
/// path. Interrupted from the first signal on.
class ArchiveFile {
 public:
  /// Throws Error: it cannot be opened, is not a regular file or not an
  /// archive that is read, or libarchive is missing.
  explicit ArchiveFile(const std::string& path);
  ~ArchiveFile();
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;

  /// The next member in the archive's own order; nothing at the end. Throws
  /// Error where the archive is damaged, ends early, or is a bomb: then there
  /// are no further members.
  std::optional<Member> next();

  /// Up to `max_bytes` more of the content of the member that next() gave,
  /// fewer only at its end. Throws Error; the next member may be good.
  std::string read(std::size_t max_bytes);

  /// Of the archive itself, without a hash of its content.
  FileFacts facts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imsearch
