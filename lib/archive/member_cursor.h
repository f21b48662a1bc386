// Members of one archive by name, as a list names them. Mostly the list is in
// the order of the archive, which is then read once; a name that comes earlier
// costs another pass.
#pragma once

#include "archive/archive_file.h"
#include "archive/archive_name.h"

#include "io/memory_turn.h"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

namespace imsearch {

/// The content of an image that is not a file.
struct MemberContent {
  std::string bytes;
  FileFacts facts;  // without a hash of its content
};

/// One thread at a time.
class MemberCursor {
 public:
  explicit MemberCursor(std::string archive);

  const std::string& archive() const { return archive_; }

  /// Throws Error with the reason alone: no such member, or as read_member()
  /// (archive/archive_images.h); OutOfMemory; Interrupted. `facts` are known as
  /// soon as the member is found.
  void read(const std::string& member, MemoryTurn& turn,
            MemberContent& content);
  /// Only its facts.
  FileFacts find(const std::string& member);

 private:
  Member seek(const std::string& name);
  bool seek_on(const std::string& name, Member& member);

  std::string archive_;
  std::unique_ptr<ArchiveFile> file_;       // empty: at the start
  std::unordered_set<std::uint64_t> seen_;  // sums of the names passed
  std::unordered_set<std::uint64_t> all_;   // once they have all been
};

/// One member, by itself.
MemberContent read_member(const MemberPath& path, MemoryTurn& turn);
/// Throws Error as MemberCursor::read().
FileFacts facts_of_member(const MemberPath& path);

/// Whether it is a file, or leads into one that holds such a member.
bool image_exists(const std::string& path);

}  // namespace imsearch
