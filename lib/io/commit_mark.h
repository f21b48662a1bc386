// fvecs.bin.commit.part: extract is putting new files in place.
//
// Vectors, names and sidecar say something only together, and a file system
// renames one file at a time. So an empty file, the mark, is made before the
// first is renamed and removed after the last: whoever finds it must not use
// the files beside it, whatever stopped extract in between.
// Specification: man/imsearch-formats.5.
#pragma once

#include <sys/stat.h>

#include <string>

namespace imsearch {

/// Where the mark of these vectors is: beside what links lead to.
std::string commit_mark_path(const std::string& vectors);

/// Makes the mark, which may be there, and has it outlast a machine that goes
/// down. Throws Error.
void set_commit_mark(const std::string& vectors);
/// Removes it once all that was renamed outlasts that, too. Throws Error.
void clear_commit_mark(const std::string& vectors);

/// Vectors and what belongs to them, read as one: made before the first of
/// these files is opened, check() called after the last.
class SettledVectors {
 public:
  /// Throws Error, with the remedy, if extract has not finished putting them in
  /// place. The vectors need not exist.
  explicit SettledVectors(std::string vectors);

  /// Throws Error if they are not the same files any more.
  void check() const;

 private:
  void refuse_mark() const;

  std::string path_;
  struct stat status_ = {};
};

}  // namespace imsearch
