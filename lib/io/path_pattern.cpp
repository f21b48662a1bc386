// A pattern is taken apart at its slashes; each part maps the folders found so
// far to what it matches in them, so that a pattern costs no more than reading
// the folders that it names.
#include "io/path_pattern.h"

#include "io/file.h"
#include "io/wildcard.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

using Entries = std::vector<FoundEntry>;

constexpr std::string_view kWildcardCharacters = "*?[";

/// A pattern, taken apart at its slashes. The leading part without wildcards
/// stays as it is spelled, as in Python.
struct Pattern {
  std::string start;
  std::vector<std::string> components;  // a last one of "": folders only
};

Pattern take_apart(const std::string& text) {
  const std::size_t slash =
      text.rfind('/', text.find_first_of(kWildcardCharacters));
  std::size_t at = slash == std::string::npos ? 0 : slash + 1;
  Pattern pattern;
  pattern.start = text.substr(0, at);
  // "a//" starts at "a", but "/" and "//" at themselves.
  const std::size_t last = pattern.start.find_last_not_of('/');
  if (last != std::string::npos) pattern.start.resize(last + 1);

  std::vector<std::string>& components = pattern.components;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    std::string component = text.substr(at, end - at);
    at = end + 1;
    // "**/**" means no more than "**" but would walk every folder again.
    const bool again =
        component == "**" && !components.empty() && components.back() == "**";
    if (!component.empty() && !again)
      components.push_back(std::move(component));
  }
  if (text.back() == '/') components.emplace_back();
  return pattern;
}

/// What a part of a pattern finds: folders where more of the pattern follows.
enum class Wanted { kFolders, kOthers };

bool is_wanted(EntryKind kind, Wanted wanted) {
  // One that cannot be read may still be entered, by a name that is known.
  const bool folder =
      kind == EntryKind::kFolder || kind == EntryKind::kUnreadable;
  return folder == (wanted == Wanted::kFolders);
}

/// Matches one pattern.
class Matcher {
 public:
  /// Folders that cannot be read are added to `unreadable`.
  Matcher(InputSieve& sieve, std::set<std::string>& unreadable)
      : sieve_(sieve), unreadable_(unreadable) {}

  Entries match(const std::string& pattern);

 private:
  void match_literal(const Entries& folders, const std::string& name,
                     Wanted wanted, Entries& found) const;
  void match_wildcard(const Entries& folders, const std::string& pattern,
                      Wanted wanted, Entries& found) const;
  void match_any_depth(const Entries& folders, Wanted wanted,
                       Entries& found) const;

  InputSieve& sieve_;
  std::set<std::string>& unreadable_;
};

// A part without wildcards names one entry in each folder: it is looked up, and
// the folder need not be readable. An empty last part, behind a final slash,
// finds nothing: it stands for folders, which are not images.
void Matcher::match_literal(const Entries& folders, const std::string& name,
                            Wanted wanted, Entries& found) const {
  for (const FoundEntry& folder : folders) {
    std::string path = join_path(folder.path, name);
    if (name.empty() || !name_exists(path)) continue;
    if (wanted == Wanted::kOthers && is_directory(path)) continue;
    found.push_back(entry_at(std::move(path)));
    found.back().link = found.back().link || folder.link;
  }
}

void Matcher::match_wildcard(const Entries& folders, const std::string& pattern,
                             Wanted wanted, Entries& found) const {
  // Cameras write IMG_1.JPG: the last part matches endings in any case. Folders
  // are matched as spelled.
  const bool any_case = wanted == Wanted::kOthers;
  const Wildcard wildcard(pattern, any_case ? Wildcard::Ending::kAnyCase
                                            : Wildcard::Ending::kExact);
  const bool hidden_too = pattern[0] == '.';
  for (const FoundEntry& folder : folders) {
    const Folder inside(folder.path);
    if (inside.error_number == EACCES || inside.error_number == EIO)
      unreadable_.insert(folder.path);
    for (const FolderEntry& entry : inside.entries) {
      if (!is_wanted(entry.kind, wanted) || !wildcard.matches(entry.name))
        continue;
      std::string path = join_path(folder.path, entry.name);
      const bool named = hidden_too && entry.name[0] == '.';
      if (named || sieve_.passes(path, entry))
        found.push_back({std::move(path), entry.kind, entry.inode,
                         entry.link || folder.link});
    }
  }
}

/// "**": each folder itself and all below it.
void Matcher::match_any_depth(const Entries& folders, Wanted wanted,
                              Entries& found) const {
  for (const FoundEntry& folder : folders) {
    const std::string& path = folder.path;
    if (wanted == Wanted::kFolders && (path.empty() || is_directory(path)))
      found.push_back({path, EntryKind::kFolder, 0, folder.link});
    const Passes pass = [&](const std::string& inner,
                            const FolderEntry& entry) {
      // Files are for the part behind, which looks at each of them once.
      const bool file = entry.kind != EntryKind::kFolder;
      return !(file && wanted == Wanted::kFolders) &&
             sieve_.passes(inner, entry);
    };
    const Visit visit = [&](FoundEntry entry) {
      entry.link = entry.link || folder.link;
      if (entry.kind == EntryKind::kUnreadable) unreadable_.insert(entry.path);
      if (is_wanted(entry.kind, wanted)) found.push_back(std::move(entry));
    };
    walk_folder_once(path, pass, visit);
  }
}

Entries Matcher::match(const std::string& pattern) {
  const Pattern parts = take_apart(pattern);
  Entries entries(1);
  entries[0].path = parts.start;
  for (const std::string& component : parts.components) {
    const bool last = &component == &parts.components.back();
    const Wanted here = last ? Wanted::kOthers : Wanted::kFolders;
    const bool literal = !has_wildcards(component);
    Entries found;
    // The last part of all is what images are matched by, also where it has no
    // wildcard: its ending may be in another case on the disk.
    if (component == "**")
      match_any_depth(entries, here, found);
    else if (!literal || (last && !component.empty()))
      match_wildcard(entries, component, here, found);
    if (literal) match_literal(entries, component, here, found);
    sort_unique(found);
    entries = std::move(found);
  }
  return entries;
}

}  // namespace

bool has_wildcards(const std::string& text) {
  return text.find_first_of(kWildcardCharacters) != std::string::npos;
}

bool name_exists(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0;
}

FoundEntry entry_at(std::string path) {
  FoundEntry entry;
  struct stat status = {};
  // lstat() looks at the link itself, stat() at what it leads to.
  entry.link = ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  if (::stat(path.c_str(), &status) == 0) entry.inode = status.st_ino;
  entry.path = std::move(path);
  return entry;
}

void sort_unique(Entries& entries) {
  std::sort(
      entries.begin(), entries.end(),
      [](const FoundEntry& a, const FoundEntry& b) { return a.path < b.path; });
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [](const FoundEntry& a, const FoundEntry& b) {
                              return a.path == b.path;
                            }),
                entries.end());
}

Entries match_pattern(const std::string& pattern, InputSieve& sieve,
                      std::set<std::string>& unreadable) {
  return Matcher(sieve, unreadable).match(pattern);
}

}  // namespace imsearch
