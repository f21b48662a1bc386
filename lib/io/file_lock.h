// Keeping others from changing a file meanwhile: build-index holds the index
// that it reads, changes and replaces, and OutputFile the file that it writes.
#pragma once

#include "io/descriptor.h"

#include <string>

namespace imsearch {

enum class Locking {
  kHeld,
  kBusy,     // somebody else holds it
  kUnknown,  // the file system has no locks: whether somebody writes it, too
};

/// Locks an open file (flock) as long as its descriptor is open, without
/// waiting. `fd` must be open for writing: NFS locks no other. Throws Error,
/// with `path`, for whatever is neither a lock nor the lack of locks.
Locking try_lock(int fd, const std::string& path);

/// Holds the file that has this name against others that do so too, in this
/// process or another, and waits for them: for changes that read a file and
/// replace it. Throws Error if the file cannot be opened for writing, or be
/// locked; Interrupted while it waits.
class FileLock {
 public:
  explicit FileLock(const std::string& path);

  /// Has programs that are started from now on hold it, too: whoever waits then
  /// waits for those that outlive this process.
  void share_with_children() const;

  /// False where the file system has no locks: then nothing is held, and others
  /// must be kept away by whoever runs us.
  bool held() const { return held_; }

 private:
  bool hold(const std::string& path);

  Descriptor file_;
  bool held_ = false;
};

}  // namespace imsearch
