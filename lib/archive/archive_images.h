// The images of an archive, one after the other, and single ones by name.
#pragma once

#include "archive/archive_file.h"
#include "archive/member_sieve.h"

#include "io/memory_turn.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

namespace imsearch {

/// The content of a member. Throws Error with the reason alone: encrypted,
/// more bytes than an image file may have (io/image_file.h), damaged. Memory
/// is that of `turn`, which grows where needed. `start`: what was read of it
/// already.
std::string read_member(ArchiveFile& archive, const Member& member,
                        MemoryTurn& turn, std::string start = "");

/// What is known of a member without its content; not known where its header
/// has no size.
FileFacts facts_of_member(const Member& member);

/// An image of an archive.
struct ArchivedImage {
  std::string name;    // "photos.zip/dir/a.jpg"
  FileFacts facts;     // without a hash of its content
  std::string reason;  // why it cannot be read; empty: as far as is known, it
                       // can
};

/// One thread at a time.
class ArchiveImages {
 public:
  /// `sieve` must outlive it. Throws Error with the reason alone.
  ArchiveImages(const std::string& archive, MemberSieve& sieve);

  /// The next image, in the order of the archive; nothing at the end. Of
  /// several members of one name, the first. Throws Error with the reason alone
  /// where the archive is damaged.
  std::optional<ArchivedImage> next();
  /// Its content. Throws Error, OutOfMemory.
  std::string read(MemoryTurn& turn);

  /// Of the archive.
  FileFacts facts() const { return file_.facts(); }
  std::size_t images() const { return images_; }

 private:
  std::string archive_;
  MemberSieve& sieve_;
  ArchiveFile file_;
  Member member_;
  std::string start_;  // what was read of the member to know what it is
  std::unordered_set<std::uint64_t> seen_;  // sums of names
  std::size_t images_ = 0;
};

}  // namespace imsearch
