// Paths on standard input, each as soon as it is there.
#pragma once

#include "io/fnames.h"

#include <cstddef>
#include <optional>
#include <string>

namespace imsearch {

/// Reads ahead: nothing else may read standard input beside it.
class PathReader {
 public:
  explicit PathReader(Separator separator) : separator_(separator) {}

  /// Waits for the next path; nothing at the end of the input. Throws Error;
  /// Interrupted if a SIGINT came before or while waiting.
  std::optional<std::string> next();

 private:
  Separator separator_;
  std::string bytes_;  // read, and not given out from begin_ on
  std::size_t begin_ = 0;
  bool ended_ = false;
};

}  // namespace imsearch
