// Expands what a command line names as images: files, folders and patterns.
//
// A pattern is taken apart at its slashes; each part maps the folders found so
// far to what it matches in them, so that a pattern costs no more than reading
// the folders that it names. All that is found is kept with the inode that
// reading the folder gave. A file with several names shows as an inode that
// stands twice: only those few are looked at by stat(2), and one name of each
// stays.
#include "io/glob.h"

#include "base/error.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/wildcard.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace imsearch {
namespace {

using Entries = std::vector<FoundEntry>;

constexpr std::string_view kWildcardCharacters = "*?[";

/// True also for a link that leads to nothing.
bool name_exists(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0;
}

/// Some network file systems give two files one number: they differ in more.
using FileId = std::tuple<dev_t, ino_t, off_t, time_t, long>;

FileId file_id(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

/// A file by a name that is known. Nothing that is there has inode 0.
FoundEntry entry_at(std::string path) {
  FoundEntry entry;
  struct stat status = {};
  // lstat() looks at the link itself, stat() at what it leads to.
  entry.link = ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  if (::stat(path.c_str(), &status) == 0) entry.inode = status.st_ino;
  entry.path = std::move(path);
  return entry;
}

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

/// Finds all inputs, and keeps one name of each file.
class Expander {
 public:
  explicit Expander(const InputRules& rules) : rules_(rules) {}

  void add(const std::string& input);
  ExpandedInputs finish();

 private:
  void add_folder(const std::string& folder, InputSieve& sieve);
  void add_matches(const std::string& pattern, InputSieve& sieve);
  bool take_archive(const std::string& path, const InputSieve& sieve);
  void tell(const std::string& input, const InputSieve& sieve);
  void tell_empty(const std::string& input, const InputSieve& sieve,
                  const char* what);
  std::size_t preferred(std::size_t a, std::size_t b) const;
  std::vector<bool> further_names() const;

  const InputRules& rules_;
  Entries all_;
  std::set<std::size_t> named_;  // of these, those that an argument names
  ExpandedInputs inputs_;
};

void Expander::add(const std::string& input) {
  InputSieve sieve(rules_);
  if (is_directory(input)) {
    add_folder(input, sieve);
  } else if (name_exists(input)) {
    if (sieve.is_archive(input, false)) inputs_.archives.insert(input);
    named_.insert(all_.size());
    all_.push_back(entry_at(input));
  } else if (has_wildcards(input)) {
    add_matches(input, sieve);
  } else {
    fail("{}: {}", input, errno_text(ENOENT));
  }
}

void Expander::add_folder(const std::string& folder, InputSieve& sieve) {
  Entries images;
  const WalkEnd end = walk_folder_once(
      folder,
      [&](const std::string& path, const FolderEntry& entry) {
        return sieve.passes(path, entry);
      },
      [&](FoundEntry entry) {
        if (entry.kind == EntryKind::kUnreadable)
          inputs_.unreadable.insert(entry.path);
        if (entry.kind == EntryKind::kUnreadable ||
            (entry.kind == EntryKind::kFile &&
             (sieve.is_image(entry.path) || take_archive(entry.path, sieve))))
          images.push_back(std::move(entry));
      });
  if (end.error_number != 0)
    fail("{}: {}", folder, errno_text(end.error_number));
  sort_unique(images);
  tell(folder, sieve);
  if (images.empty()) tell_empty(folder, sieve, "no images in this folder");
  if (end.seen_again > 0)
    inputs_.remarks.push_back(
        fmt::format("{}: {} to folders that are listed without", folder,
                    end.seen_again == 1
                        ? "1 of its links leads"
                        : fmt::format("{} of its links lead", end.seen_again)));
  std::move(images.begin(), images.end(), std::back_inserter(all_));
}

bool Expander::take_archive(const std::string& path, const InputSieve& sieve) {
  if (!sieve.is_archive(path, true)) return false;
  inputs_.archives.insert(path);
  return true;
}

void Expander::add_matches(const std::string& pattern, InputSieve& sieve) {
  Entries matches = Matcher(sieve, inputs_.unreadable).match(pattern);
  matches.erase(std::remove_if(matches.begin(), matches.end(),
                               [&](const FoundEntry& entry) {
                                 return sieve.leaves_out(entry.path, false);
                               }),
                matches.end());
  for (const FoundEntry& entry : matches)
    if (entry.kind == EntryKind::kFile && sieve.is_archive(entry.path, false))
      inputs_.archives.insert(entry.path);
  tell(pattern, sieve);
  if (matches.empty())
    tell_empty(pattern, sieve, "no file matches this pattern");
  std::move(matches.begin(), matches.end(), std::back_inserter(all_));
}

void Expander::tell(const std::string& input, const InputSieve& sieve) {
  if (const std::string kinds = sieve.unread(); !kinds.empty())
    inputs_.warnings.push_back(fmt::format("{}: left aside {}", input, kinds));
  if (const std::string aside = sieve.left_aside(); !aside.empty())
    inputs_.remarks.push_back(
        fmt::format("{}: left aside {}: --all takes them", input, aside));
}

/// That nothing came of the input; `what` where nothing was excluded.
void Expander::tell_empty(const std::string& input, const InputSieve& sieve,
                          const char* what) {
  const std::string out = sieve.left_out();
  if (out.empty()) {
    inputs_.warnings.push_back(fmt::format("{}: {}", input, what));
    return;
  }
  inputs_.warnings.push_back(
      fmt::format("{}: no images: --exclude leaves out {}", input, out));
  inputs_.left_out[input] = out;
}

/// Which of two entries that are one file is listed: one that an argument
/// names, else one that is not a link, else `a`, which is the earlier one.
std::size_t Expander::preferred(std::size_t a, std::size_t b) const {
  const bool first_named = named_.count(a) > 0;
  const bool later_named = named_.count(b) > 0;
  if (first_named != later_named) return first_named ? a : b;
  return all_[a].link && !all_[b].link ? b : a;
}

/// Which of all entries are a file that another one is preferred for.
std::vector<bool> Expander::further_names() const {
  std::vector<std::pair<std::uint64_t, std::size_t>> by_inode;
  by_inode.reserve(all_.size());
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (all_[i].inode != 0) by_inode.emplace_back(all_[i].inode, i);
  // By inode, and within one by the order of the list: equal inodes are then
  // neighbours, and those that stand alone need no stat.
  std::sort(by_inode.begin(), by_inode.end());
  std::vector<bool> further(all_.size());
  std::map<FileId, std::size_t> first;  // of one number
  for (std::size_t n = 0; n < by_inode.size(); ++n) {
    const auto [inode, i] = by_inode[n];
    const bool begins = n == 0 || by_inode[n - 1].first != inode;
    const bool ends =
        n + 1 == by_inode.size() || by_inode[n + 1].first != inode;
    if (begins) first.clear();
    struct stat status = {};
    if ((begins && ends) || ::stat(all_[i].path.c_str(), &status) != 0)
      continue;
    auto [kept, is_new] = first.try_emplace(file_id(status), i);
    if (is_new) continue;
    const std::size_t before = kept->second;
    // One of the two stays. The sum of their indexes less that of the kept one
    // is the other, which is dropped unless an argument names it.
    kept->second = preferred(before, i);
    const std::size_t other = before + i - kept->second;
    further[other] = named_.count(other) == 0;
  }
  return further;
}

ExpandedInputs Expander::finish() {
  const std::vector<bool> further = further_names();
  std::size_t names = 0;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    // In the order of the command line, whatever was sorted above.
    if (further[i])
      ++names;
    else
      inputs_.paths.push_back(std::move(all_[i].path));
  }
  if (names > 0)
    inputs_.remarks.push_back(fmt::format(
        "{} further one{} of a file that is listed: each file is taken once",
        names == 1 ? "1 name is a" : fmt::format("{} names are", names),
        names == 1 ? "" : "s"));
  return std::move(inputs_);
}

}  // namespace

bool has_wildcards(const std::string& text) {
  return text.find_first_of(kWildcardCharacters) != std::string::npos;
}

ExpandedInputs expand_inputs(const std::vector<std::string>& inputs,
                             const InputRules& rules) {
  Expander expander(rules);
  for (const std::string& input : inputs) expander.add(input);
  return expander.finish();
}

}  // namespace imsearch
