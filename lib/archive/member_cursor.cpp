#include "archive/member_cursor.h"

#include "archive/archive_images.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/checksum.h"
#include "io/file.h"

#include <utility>

namespace imsearch {
namespace {

std::uint64_t sum_of(const std::string& name) {
  return checksum_of(name.data(), name.size());
}

}  // namespace

MemberCursor::MemberCursor(std::string archive)
    : archive_(std::move(archive)) {}

/// From where the last one was found to the end.
bool MemberCursor::seek_on(const std::string& name, Member& member) {
  while (std::optional<Member> next = file_->next()) {
    if (next->kind == MemberKind::kFolder) continue;
    // Of several of one name, the first counts.
    const bool is_first = seen_.insert(sum_of(next->name)).second;
    if (!is_first || next->name != name) continue;
    member = std::move(*next);
    return true;
  }
  all_ = seen_;
  return false;
}

Member MemberCursor::seek(const std::string& name) {
  Member member;
  const std::uint64_t sum = sum_of(name);
  const bool missing = !all_.empty() && all_.count(sum) == 0;
  if (!missing && file_ && seen_.count(sum) == 0 && seek_on(name, member))
    return member;
  if (!missing && (all_.empty() || all_.count(sum) != 0)) {
    seen_.clear();
    file_ = std::make_unique<ArchiveFile>(archive_);
    if (seek_on(name, member)) return member;
  }
  fail("no such member of the archive {}", archive_);
}

void MemberCursor::read(const std::string& name, MemoryTurn& turn,
                        MemberContent& content) {
  const Member member = seek(name);
  content.facts = facts_of_member(member);
  if (member.kind != MemberKind::kFile) fail("not a regular file");
  content.bytes = read_member(*file_, member, turn);
  content.facts = {true, content.bytes.size(), member.modified_ns, {}};
}

FileFacts MemberCursor::find(const std::string& name) {
  const Member member = seek(name);
  if (member.kind != MemberKind::kFile) fail("not a regular file");
  return facts_of_member(member);
}

MemberContent read_member(const MemberPath& path, MemoryTurn& turn) {
  MemberContent content;
  MemberCursor(path.archive).read(path.member, turn, content);
  return content;
}

FileFacts facts_of_member(const MemberPath& path) {
  return MemberCursor(path.archive).find(path.member);
}

bool image_exists(const std::string& path) {
  if (file_exists(path)) return true;
  const auto member = member_path(path);
  if (!member) return false;
  try {
    facts_of_member(*member);
    return true;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace imsearch
