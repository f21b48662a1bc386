// Which images are meant: files, directories and patterns.
//
// Patterns follow Python's glob.glob(recursive=True): "**" for any depth, "*",
// "?", "[abc]", "[!abc]"; names that start with a dot are matched only by a
// pattern that does, symlinks to directories are followed. Unlike there, each
// pattern's matches come sorted by bytes, directories are passed over, case
// does not count in the ending of a pattern's last part, and "**" enters each
// folder once, whatever links lead to it.
#pragma once

#include "io/input_sieve.h"

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace imsearch {

struct ExpandedInputs {
  std::vector<std::string> paths;
  /// Of these, those that are archives of images (InputRules).
  std::unordered_set<std::string> archives;
  /// Folders that cannot be read. Those below a folder that was given are among
  /// the paths as well, those on the way of a pattern are not.
  std::set<std::string> unreadable;
  /// For people, a line each: images that may have been meant and are not among
  /// the paths.
  std::vector<std::string> warnings;
  /// For people as well, but about what nobody misses: thumbnails, further
  /// names of a file.
  std::vector<std::string> remarks;
  /// Inputs that gave nothing although something was there, which
  /// InputRules::exclude leaves out: what, "14 images and 1 folder".
  std::unordered_map<std::string, std::string> left_out;
};

/// All inputs in the order given. An existing file stays as it is, whatever the
/// rules. A directory gives the files below it, at any depth, whose ending is
/// that of an image in any case, sorted by bytes; a folder below that cannot be
/// read is listed itself: the reader of it reports it. Anything else is a
/// pattern. Unreadable folders on a pattern's way are passed over, as Python
/// does.
///
/// What directories and patterns give is listed once, by device and inode: not
/// where an argument names the file itself, else under the first of its names
/// that is not a link, or the first. Costs a stat of those files alone that
/// share the number of an inode.
///
/// Throws Error for an argument that names nothing, or a folder that cannot be
/// read. A folder without images and a pattern without matches are warnings.
ExpandedInputs expand_inputs(const std::vector<std::string>& inputs,
                             const InputRules& rules = {});

}  // namespace imsearch
