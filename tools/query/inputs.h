// The images that query is asked for: files, folders, patterns and pipes; and
// what is wrong with those that are none.
#pragma once

#include "query/questions.h"

#include "io/descriptor.h"

#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// The images that the arguments name, in their order: those of a folder and of
/// a pattern, sorted; anything else as it is, "-" too, and a folder without
/// images and a pattern without matches: no_image() says what is wrong there.
/// What was left aside is said on stderr, unless `quiet`. Throws Error for a
/// folder that cannot be read.
std::vector<std::string> expand_images(const std::vector<std::string>& images,
                                       bool quiet);

/// Why the path is not that of an image file, as far as can be told without
/// decoding it, with what may have been meant; empty where it may be one.
/// `streams`: whether a pipe may be read as an image.
std::string no_image(const std::string& path, bool streams);

/// The questions of those paths, each with its error.
std::vector<Question> wrong_images(const std::vector<std::string>& paths,
                                   bool streams);

/// The bytes of a pipe, in memory, as a file of its own that another program
/// of this user can read, too, for as long as this lives.
class PipedFile {
 public:
  /// Reads `pipe` to its end. Throws Error: it cannot be read, or it is longer
  /// than an image file may be; Interrupted.
  explicit PipedFile(const std::string& pipe);

  const std::string& path() const { return path_; }

 private:
  Descriptor memory_;
  std::string path_;
};

}  // namespace imsearch
