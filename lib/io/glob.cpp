#include "io/glob.h"

#include "base/error.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/wildcard.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

using Paths = std::vector<std::string>;

constexpr std::string_view kWildcardCharacters = "*?[";
constexpr std::array<std::string_view, 12> kImageExtensions = {
    "jpg",  "jpeg", "jpe", "png", "bmp", "gif",
    "webp", "pnm",  "ppm", "pgm", "pbm", "tga"};

/// True also for a link that leads to nothing.
bool name_exists(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0;
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

/// What is found: folders only where more of the pattern follows.
enum class Wanted { kAll, kFolders, kOthers };

bool is_wanted(EntryKind kind, Wanted wanted) {
  // One that cannot be read may still be entered, by a name that is known.
  const bool folder =
      kind == EntryKind::kFolder || kind == EntryKind::kUnreadable;
  if (wanted == Wanted::kFolders) return folder;
  return wanted == Wanted::kAll || (!folder && kind != EntryKind::kLoop);
}

void match_literal(const Paths& folders, const std::string& name, Wanted wanted,
                   Paths& found) {
  for (const std::string& folder : folders) {
    std::string path = join_path(folder, name);
    if (wanted == Wanted::kOthers && (name.empty() || is_directory(path)))
      continue;
    if (name.empty() ? is_directory(folder) : name_exists(path))
      found.push_back(std::move(path));
  }
}

void match_wildcard(const Paths& folders, const std::string& pattern,
                    Wanted wanted, Paths& found) {
  const Wildcard wildcard(pattern);
  const bool hidden_too = pattern[0] == '.';
  for (const std::string& folder : folders)
    for (const FolderEntry& entry : Folder(folder).entries)
      if (is_wanted(entry.kind, wanted) &&
          (hidden_too || entry.name[0] != '.') && wildcard.matches(entry.name))
        found.push_back(join_path(folder, entry.name));
}

/// "**": each folder itself, which ends with a slash where it is a result, and
/// all below it.
void match_any_depth(const Paths& folders, Wanted wanted, Paths& found) {
  for (const std::string& folder : folders) {
    if (wanted != Wanted::kOthers && (folder.empty() || is_directory(folder)))
      found.push_back(wanted == Wanted::kFolders ? folder
                                                 : join_path(folder, ""));
    walk_folder(folder, [&](const std::string& path, EntryKind kind) {
      if (is_wanted(kind, wanted)) found.push_back(path);
    });
  }
}

void sort_unique(Paths& paths) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
}

bool is_image_name(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return false;
  std::string extension = name.substr(dot + 1);
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::find(kImageExtensions.begin(), kImageExtensions.end(),
                   extension) != kImageExtensions.end();
}

Paths match(const std::string& pattern, Wanted wanted) {
  const Pattern parts = take_apart(pattern);
  Paths paths = {parts.start};
  for (const std::string& component : parts.components) {
    const bool last = &component == &parts.components.back();
    const Wanted here = last ? wanted : Wanted::kFolders;
    Paths found;
    if (component == "**")
      match_any_depth(paths, here, found);
    else if (has_wildcards(component))
      match_wildcard(paths, component, here, found);
    else
      match_literal(paths, component, here, found);
    sort_unique(found);
    paths = std::move(found);
  }
  // The working folder itself, which "**" stands for, has no name.
  if (!paths.empty() && paths[0].empty()) paths.erase(paths.begin());
  return paths;
}

Paths expand_input(const std::string& input) {
  if (is_directory(input)) {
    Paths images = image_files(input);
    if (images.empty()) fail("{}: no images in this folder", input);
    return images;
  }
  if (name_exists(input)) return {input};
  if (!has_wildcards(input)) fail("{}: {}", input, errno_text(ENOENT));
  Paths matches = match(input, Wanted::kOthers);
  if (matches.empty()) fail("{}: no file matches this pattern", input);
  return matches;
}

}  // namespace

bool has_wildcards(const std::string& text) {
  return text.find_first_of(kWildcardCharacters) != std::string::npos;
}

std::vector<std::string> glob(const std::string& pattern) {
  if (has_wildcards(pattern)) return match(pattern, Wanted::kAll);
  return name_exists(pattern) ? Paths{pattern} : Paths{};
}

std::vector<std::string> image_files(const std::string& folder) {
  Paths paths;
  const int error_number =
      walk_folder(folder, [&](const std::string& path, EntryKind kind) {
        const bool image = kind == EntryKind::kFile && is_image_name(path);
        if (image || kind == EntryKind::kUnreadable) paths.push_back(path);
      });
  if (error_number != 0) fail("{}: {}", folder, errno_text(error_number));
  sort_unique(paths);
  return paths;
}

std::vector<std::string> expand_inputs(const std::vector<std::string>& inputs) {
  Paths all;
  for (const std::string& input : inputs) {
    Paths paths = expand_input(input);
    all.insert(all.end(), std::make_move_iterator(paths.begin()),
               std::make_move_iterator(paths.end()));
  }
  return all;
}

}  // namespace imsearch
