// Which files below a folder are meant as photos, and what is left aside.
//
// A tree of photos holds more than photos: thumbnails that a NAS made of them
// (@eaDir), trash, AppleDouble files (._IMG_1.JPG), and pictures of kinds that
// are not read. Nothing of that is passed over without a word: the sieve counts
// what it leaves aside, and says it in one line. A file whose name has no
// ending is looked into.
#pragma once

#include "io/folder.h"
#include "io/wildcard.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace imsearch {

/// What the user says of the files that folders and patterns find.
struct InputRules {
  /// Names of files and folders to leave out; one with a slash is compared with
  /// the whole path, whose slashes "*" and "?" match, too. Case does not count
  /// in the ending.
  std::vector<std::string> exclude;
  /// Takes names that start with a dot, and folders of thumbnails and trash.
  bool all = false;
  /// Whether a file that begins like this is an image: asked of files below
  /// folders whose names have no ending. None of them is, unless given.
  std::function<bool(std::string_view beginning)> looks_like_image;
  /// Whether a file of that name that begins like this, with 512 bytes, is an
  /// archive of images. None of them is, unless given.
  std::function<bool(const std::string& path, std::string_view beginning)>
      looks_like_archive;
  /// Whether a name may be that of an archive: below folders, only such files
  /// are looked into.
  std::function<bool(std::string_view path)> has_archive_ending;
};

/// The endings of images, without dots, in lower case.
std::vector<std::string_view> image_endings();

/// One thread at a time.
class InputSieve {
 public:
  explicit InputSieve(const InputRules& rules);

  /// Whether an entry of a folder is looked at; `path` is its path. Counts
  /// those that are left aside by default, or by a rule of the user.
  bool passes(const std::string& path, const FolderEntry& entry);
  /// Whether a rule of the user leaves it out, which is counted. `folder`: it
  /// is one.
  bool leaves_out(const std::string& path, bool folder);
  /// Whether a file is an image by its ending, or without one by its content.
  /// Counts pictures that are not read.
  bool is_image(const std::string& path);
  /// The same of what is not a file: `beginning` gives its first 64 bytes.
  bool is_image(const std::string& path,
                const std::function<std::string()>& beginning);
  /// Whether it is a picture of a kind that is not read, by its ending.
  static bool is_unread(const std::string& path);
  /// Whether a file is an archive by its content. Those whose names end as
  /// those of images do are not opened, nor, `below_folder`, those whose names
  /// do not end as those of archives do.
  bool is_archive(const std::string& path, bool below_folder) const;

  /// "12 HEIC and 3 RAW, which are not read: convert them to JPEG or PNG";
  /// empty where there were none.
  std::string unread() const;
  /// "14 folders called @eaDir and 120 images whose names start with a dot";
  /// empty where there were none.
  std::string left_aside() const;
  /// "14 images and 1 folder" that a rule of the user leaves out; empty where
  /// there were none.
  std::string left_out() const;

 private:
  bool is_excluded(const std::string& path) const;

  bool all_;
  std::function<bool(std::string_view)> looks_like_image_;
  std::function<bool(const std::string&, std::string_view)> looks_like_archive_;
  std::function<bool(std::string_view)> has_archive_ending_;
  std::vector<Wildcard> names_;
  std::vector<Wildcard> paths_;
  std::map<std::string, std::size_t> unread_;  // by kind
  std::set<std::string> left_paths_;  // a pattern may come by them twice
  std::map<std::string, std::size_t> left_folders_;  // by name
  std::size_t dot_images_ = 0;
  // By their sums, since a pattern may come by them twice.
  std::unordered_set<std::uint64_t> excluded_images_;
  std::unordered_set<std::uint64_t> excluded_folders_;
};

}  // namespace imsearch
