// Decides by names alone which files below a folder are photos: lists of
// endings of images, endings of pictures that are not read, and folders that
// programs make for themselves. Hardly a file is opened, only those without any
// ending: of a hundred thousand files most are photos, and those that are not
// say so when they are decoded. What is left aside is counted by kind, for one
// line at the end.
#include "io/input_sieve.h"

#include "base/progress.h"
#include "io/checksum.h"
#include "io/descriptor.h"
#include "io/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

// What browsers and cameras call images that are read. A .mpo begins with a
// JPEG, and is read as that.
constexpr std::array<std::string_view, 30> kImages = {
    "jpg",   "jpeg", "jpe",   "jfif", "jfi",  "jif",  "pjpeg", "pjp",
    "mpo",   "jps",  "png",   "apng", "bmp",  "dib",  "gif",   "webp",
    "pnm",   "ppm",  "pgm",   "pbm",  "tga",  "heic", "heif",  "hif",
    "heics", "avif", "avifs", "tif",  "tiff", "jxl"};

// Behind the endings of pictures that browsers save from some sites:
// "photo.jpg_large".
constexpr std::array<std::string_view, 8> kSizes = {
    "_large", "_orig", "_medium", "_small",
    "-large", "-orig", "-medium", "-small"};

struct Kind {
  std::string_view ending;
  const char* name;
};

constexpr std::array<Kind, 36> kUnread = {{
    {"jp2", "JPEG 2000"}, {"j2k", "JPEG 2000"}, {"jpf", "JPEG 2000"},
    {"jpx", "JPEG 2000"}, {"jxr", "JPEG XR"},   {"psd", "PSD"},
    {"psb", "PSD"},       {"3fr", "RAW"},       {"arw", "RAW"},
    {"cr2", "RAW"},       {"cr3", "RAW"},       {"crw", "RAW"},
    {"dcr", "RAW"},       {"dng", "RAW"},       {"erf", "RAW"},
    {"fff", "RAW"},       {"gpr", "RAW"},       {"iiq", "RAW"},
    {"k25", "RAW"},       {"kdc", "RAW"},       {"mef", "RAW"},
    {"mos", "RAW"},       {"mrw", "RAW"},       {"nef", "RAW"},
    {"nrw", "RAW"},       {"orf", "RAW"},       {"pef", "RAW"},
    {"raf", "RAW"},       {"raw", "RAW"},       {"rw2", "RAW"},
    {"rwl", "RAW"},       {"sr2", "RAW"},       {"srf", "RAW"},
    {"srw", "RAW"},       {"x3f", "RAW"},       {"xcf", "XCF"},
}};

// In lower case. Those that start with a dot are told apart from other dot
// names only so that they are counted.
constexpr std::array<std::string_view, 14> kAside = {
    "@eadir",      "@recycle", "#recycle", "#snapshot",  "$recycle.bin",
    "recycler",    "trash",    "thumbs",   "thumbnails", "__macosx",
    ".thumbnails", ".trashes", ".trash",   ".@__thumb"};

/// ASCII letters alone: a locale must not decide what is a photo.
std::string in_lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Folders of thumbnails and trash: Synology's and QNAP's, Windows's, those of
/// macOS's archives, and freedesktop.org's.
bool is_aside(const std::string& folder) {
  const std::string name = in_lower_case(folder);
  return std::find(kAside.begin(), kAside.end(), name) != kAside.end() ||
         name.rfind(".trash-", 0) == 0;  // of one user
}

bool has_image_ending(const std::string& path) {
  std::string ending = ending_of(path);
  for (const std::string_view size : kSizes) {
    const std::size_t at = ending.rfind(size);
    if (at != std::string::npos && at + size.size() == ending.size()) {
      ending.resize(at);
      break;
    }
  }
  return std::find(kImages.begin(), kImages.end(), ending) != kImages.end();
}

/// The first bytes of a file; empty where it cannot be read, or is a pipe that
/// would have to be waited for.
std::string beginning_of(const std::string& path, std::size_t size_bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::string bytes(size_bytes, '\0');
  const ssize_t n =
      file.valid() ? ::read(file.get(), bytes.data(), bytes.size()) : 0;
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  return bytes;
}

/// "a", "a and b", "a, b and c".
std::string enumeration(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace

std::vector<std::string_view> image_endings() {
  return {kImages.begin(), kImages.end()};
}

InputSieve::InputSieve(const InputRules& rules)
    : all_(rules.all),
      looks_like_image_(rules.looks_like_image),
      looks_like_archive_(rules.looks_like_archive),
      has_archive_ending_(rules.has_archive_ending) {
  for (const std::string& pattern : rules.exclude) {
    // A pattern with a slash is about paths, one without about names.
    const bool path = pattern.find('/') != std::string::npos;
    (path ? paths_ : names_).emplace_back(pattern, Wildcard::Ending::kAnyCase);
  }
}

bool InputSieve::is_excluded(const std::string& path) const {
  if (names_.empty() && paths_.empty()) return false;
  const std::string name = base_name(path);
  for (const Wildcard& wildcard : names_)
    if (wildcard.matches(name)) return true;
  for (const Wildcard& wildcard : paths_)
    if (wildcard.matches(path)) return true;
  return false;
}

bool InputSieve::leaves_out(const std::string& path, bool folder) {
  if (!is_excluded(path)) return false;
  const bool may_be_meant = folder || has_image_ending(path) ||
                            (has_archive_ending_ && has_archive_ending_(path));
  if (may_be_meant)
    (folder ? excluded_folders_ : excluded_images_)
        .insert(checksum_of(path.data(), path.size()));
  return true;
}

// The order counts: what the user excludes is not told again as left aside.
bool InputSieve::passes(const std::string& path, const FolderEntry& entry) {
  const bool folder = entry.kind == EntryKind::kFolder;
  if (leaves_out(path, folder)) return false;
  if (all_) return true;
  if (folder && is_aside(entry.name)) {
    // Two patterns may come by the same folder: it is counted once.
    if (left_paths_.insert(path).second) ++left_folders_[entry.name];
    return false;
  }
  if (entry.name[0] != '.') return true;
  if (entry.kind == EntryKind::kFile && has_image_ending(path)) ++dot_images_;
  return false;
}

bool InputSieve::is_image(const std::string& path) {
  constexpr std::size_t kBytes = 64;
  return is_image(path, [&] { return beginning_of(path, kBytes); });
}

bool InputSieve::is_image(const std::string& path,
                          const std::function<std::string()>& beginning) {
  if (has_image_ending(path)) return true;
  const std::string ending = ending_of(path);
  if (ending.empty())
    return looks_like_image_ && looks_like_image_(beginning());
  for (const Kind& kind : kUnread)
    if (kind.ending == ending) ++unread_[kind.name];
  return false;
}

bool InputSieve::is_unread(const std::string& path) {
  const std::string ending = ending_of(path);
  return std::any_of(kUnread.begin(), kUnread.end(),
                     [&](const Kind& kind) { return kind.ending == ending; });
}

bool InputSieve::is_archive(const std::string& path, bool below_folder) const {
  constexpr std::size_t kBytes = 512;
  if (!looks_like_archive_ || has_image_ending(path)) return false;
  if (below_folder && !(has_archive_ending_ && has_archive_ending_(path)))
    return false;
  // Not a pipe: what is read of it is gone.
  return is_regular_file(path) &&
         looks_like_archive_(path, beginning_of(path, kBytes));
}

std::string InputSieve::unread() const {
  std::vector<std::string> parts;
  std::size_t files = 0;
  for (const auto& [kind, count] : unread_) {
    parts.push_back(fmt::format("{} {}", count, kind));
    files += count;
  }
  if (files == 0) return "";
  return fmt::format("{}, which {} not read: convert {} to JPEG or PNG",
                     enumeration(parts), is_or_are(files),
                     files == 1 ? "it" : "them");
}

std::string InputSieve::left_aside() const {
  std::vector<std::string> parts;
  for (const auto& [name, count] : left_folders_)
    parts.push_back(fmt::format("{} folder{} called {}", count,
                                count == 1 ? "" : "s", name));
  if (dot_images_ > 0)
    parts.push_back(dot_images_ == 1
                        ? "1 image whose name starts with a dot"
                        : fmt::format("{} images whose names start with a dot",
                                      dot_images_));
  return enumeration(parts);
}

std::string InputSieve::left_out() const {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0)
      parts.push_back(
          fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"));
  };
  add(excluded_images_.size(), "image");
  add(excluded_folders_.size(), "folder");
  return enumeration(parts);
}

}  // namespace imsearch
