// Paths on standard input, each as soon as it is there.
#pragma once

#include "io/fnames.h"

#include <optional>
#include <string>

namespace imsearch {

class PathReader {
 public:
  explicit PathReader(Separator separator) : separator_(separator) {}

  /// Waits for the next path; nothing at the end of the input. Throws Error;
  /// Interrupted if a SIGINT came while waiting.
  std::optional<std::string> next();

 private:
  Separator separator_;
};

}  // namespace imsearch
