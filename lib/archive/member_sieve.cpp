#include "archive/member_sieve.h"

#include "archive/archive_name.h"

#include "base/progress.h"
#include "io/file.h"
#include "io/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

// Endings come from whoever made the archive: neither their number nor their
// length fills a terminal.
constexpr std::size_t kMostEndings = 1000;
constexpr std::size_t kShownEndings = 4;
constexpr std::size_t kLongestEnding = 12;

}  // namespace

MemberSieve::MemberSieve(const InputRules& rules) : sieve_(rules) {}

void MemberSieve::begin(const std::string& archive) {
  if (archives_++ == 0) first_ = archive;
}

bool MemberSieve::takes(const std::string& archive, const Member& member,
                        const std::function<std::string()>& beginning) {
  if (member.kind == MemberKind::kFolder) return false;
  const std::string path = name_of_member(archive, member.name);
  for (std::size_t begin = archive.size() + 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    FolderEntry entry;
    entry.name = path.substr(begin, end - begin);
    entry.kind = end < path.size() ? EntryKind::kFolder : EntryKind::kFile;
    const bool up = entry.name == "..";
    if (!up && !entry.name.empty() &&
        !sieve_.passes(path.substr(0, end), entry))
      return false;
    begin = end + 1;
  }
  if (member.kind == MemberKind::kLink) {
    ++links_;
    return false;
  }
  if (member.kind == MemberKind::kSpecial) {
    ++special_;
    return false;
  }
  if (sieve_.is_image(path, beginning)) return true;
  if (InputSieve::is_unread(path)) return false;  // the sieve has counted it
  if (has_archive_ending(member.name)) {
    ++nested_;
    return false;
  }
  std::string ending = ending_of(member.name);
  if (ending.size() > kLongestEnding || others_.size() >= kMostEndings)
    ending.clear();
  ++others_[ending];
  return false;
}

std::string MemberSieve::label() const {
  return archives_ == 1 ? escape_field(first_) : counted(archives_, "archive");
}

std::vector<std::string> MemberSieve::warnings() const {
  std::vector<std::string> lines;
  if (const std::string kinds = sieve_.unread(); !kinds.empty())
    lines.push_back(fmt::format("{}: left aside {}", label(), kinds));
  if (nested_ > 0)
    lines.push_back(fmt::format(
        "{}: left aside {} within: unpack {} to have {} images read", label(),
        counted(nested_, "archive"), nested_ == 1 ? "it" : "them",
        nested_ == 1 ? "its" : "their"));
  return lines;
}

std::vector<std::string> MemberSieve::remarks() const {
  std::vector<std::string> lines;
  if (const std::string aside = sieve_.left_aside(); !aside.empty())
    lines.push_back(
        fmt::format("{}: left aside {}: --all takes them", label(), aside));
  std::vector<std::pair<std::size_t, std::string>> by_count;
  for (const auto& [ending, count] : others_)
    by_count.emplace_back(count, ending.empty() ? "other" : "." + ending);
  std::sort(by_count.begin(), by_count.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> parts;
  std::size_t rest = 0;
  for (std::size_t i = 0; i < by_count.size(); ++i)
    if (i < kShownEndings)
      parts.push_back(fmt::format("{} {}", grouped(by_count[i].first),
                                  escape_field(by_count[i].second)));
    else
      rest += by_count[i].first;
  if (rest > 0) parts.push_back(grouped(rest) + " of other kinds");
  if (links_ > 0) parts.push_back(counted(links_, "link"));
  if (special_ > 0) parts.push_back(counted(special_, "special file"));
  if (repeated_ > 0)
    parts.push_back(counted(repeated_, "member") +
                    " of a name that came before");
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  if (!text.empty())
    lines.push_back(fmt::format("{}: left aside {}", label(), text));
  return lines;
}

}  // namespace imsearch
