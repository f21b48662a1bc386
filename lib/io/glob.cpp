// Expands what a command line names as images: files, folders and patterns.
//
// All that is found is kept with the inode that reading the folder gave. A file
// with several names shows as an inode that stands twice: only those few are
// looked at by stat(2), and one name of each stays.
#include "io/glob.h"

#include "base/error.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/path_pattern.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace imsearch {
namespace {

using Entries = std::vector<FoundEntry>;

/// Some network file systems give two files one number: they differ in more.
using FileId = std::tuple<dev_t, ino_t, off_t, time_t, long>;

FileId file_id(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
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
  Entries matches = match_pattern(pattern, sieve, inputs_.unreadable);
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

ExpandedInputs expand_inputs(const std::vector<std::string>& inputs,
                             const InputRules& rules) {
  Expander expander(rules);
  for (const std::string& input : inputs) expander.add(input);
  return expander.finish();
}

}  // namespace imsearch
