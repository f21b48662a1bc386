// Keeping others from changing a file meanwhile.
#pragma once

#include "io/descriptor.h"

#include <string>

namespace imsearch {

/// Holds the file that has this name against others that do so too, in this
/// process or another, and waits for them: for changes that read a file and
/// replace it. Where a file system knows no locks, it holds nothing. Throws
/// Error if the file cannot be opened; Interrupted while it waits.
class FileLock {
 public:
  explicit FileLock(const std::string& path);

 private:
  bool hold(const std::string& path);

  Descriptor file_;
};

}  // namespace imsearch
