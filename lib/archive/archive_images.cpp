#include "archive/archive_images.h"

#include "archive/archive_name.h"

#include "base/error.h"
#include "io/checksum.h"
#include "io/image_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

/// True for "../a" and "a/../b": nothing is written, but such a name reads as
/// that of another file.
bool leads_out(const std::string& name) {
  const std::string path = "/" + name + "/";
  return path.find("/../") != std::string::npos;
}

/// Empty where nothing is known against it.
std::string refusal_of(const Member& member) {
  if (leads_out(member.name))
    return "its name has \"..\", which leads out of the archive";
  if (member.encrypted) return "encrypted: passwords are not supported";
  try {
    check_image_bytes(member.bytes.value_or(0));
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

std::string read_member(ArchiveFile& archive, const Member& member,
                        MemoryTurn& turn, std::string start) {
  if (const std::string reason = refusal_of(member); !reason.empty())
    throw Error(reason);
  std::string bytes = std::move(start);
  const auto read_to = [&](std::uint64_t size) {
    if (bytes.size() < size)
      bytes += archive.read(static_cast<std::size_t>(size) - bytes.size());
  };
  if (member.bytes) {
    turn.grow(*member.bytes, "its file");
    bytes.reserve(static_cast<std::size_t>(*member.bytes));
    read_to(*member.bytes);
  } else {
    read_to(turn.small_bytes());
    if (bytes.size() == turn.small_bytes()) {
      turn.grow(kMaxImageFileBytes, "its file, whose size is not known");
      read_to(kMaxImageFileBytes);
    }
  }
  // Also has the sums of a zip compared, which come behind the last byte.
  if (!archive.read(1).empty())
    fail("it has more than the {} bytes that {}", bytes.size(),
         member.bytes ? "its header tells" : "are allowed");
  return bytes;
}

FileFacts facts_of_member(const Member& member) {
  FileFacts facts;
  facts.known = member.bytes.has_value();
  if (!facts.known) return facts;
  facts.bytes = *member.bytes;
  facts.modified_ns = member.modified_ns;
  return facts;
}

ArchiveImages::ArchiveImages(const std::string& archive, MemberSieve& sieve)
    : archive_(archive), sieve_(sieve), file_(archive) {
  sieve_.begin(archive);
}

std::optional<ArchivedImage> ArchiveImages::next() {
  constexpr std::size_t kBeginning = 64;
  while (std::optional<Member> member = file_.next()) {
    member_ = std::move(*member);
    start_.clear();
    const auto beginning = [&]() -> std::string {
      if (member_.encrypted) return "";
      try {
        start_ = file_.read(kBeginning);
      } catch (const Interrupted&) {
        throw;
      } catch (const Error&) {
        // Not to be told from what is not an image. The next() says it where
        // the whole archive is damaged.
      }
      return start_;
    };
    if (member_.name.empty() || !sieve_.takes(archive_, member_, beginning))
      continue;
    const bool is_new =
        seen_.insert(checksum_of(member_.name.data(), member_.name.size()))
            .second;
    if (!is_new) {
      sieve_.count_repeated();
      continue;
    }
    ++images_;
    return ArchivedImage{name_of_member(archive_, member_.name),
                         facts_of_member(member_), refusal_of(member_)};
  }
  return std::nullopt;
}

std::string ArchiveImages::read(MemoryTurn& turn) {
  return read_member(file_, member_, turn, std::move(start_));
}

}  // namespace imsearch
