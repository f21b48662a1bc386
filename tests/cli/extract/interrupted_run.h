// One run of extract, whole in one folder, and ended early in others.
#pragma once

#include "cli/extract/files.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace imsearch::test {

class InterruptedRun {
 public:
  /// A list of that many images, a few over and over, each tenth of them no
  /// image; and the whole run.
  explicit InterruptedRun(int images);

  /// An empty folder to run in; it lasts as long as *this.
  const TempDir& fresh_folder();

  /// "--files-from", the list, `more`.
  std::vector<std::string> arguments(std::vector<std::string> more) const;
  /// Where the images are.
  const TempDir& images() const { return images_; }

  /// Runs with --resume until the file system refuses to take a further row:
  /// that many, and half of the next, are then in the part.
  RunResult stop_after_rows(const TempDir& dir, std::size_t rows,
                            std::vector<std::string> arguments) const;
  RunResult stop_after_rows(const TempDir& dir, std::size_t rows) const;

  /// Checks that `dir` has all files of the whole run, with the same bytes, and
  /// no part.
  void check_whole(const TempDir& dir) const;

 private:
  TempDir images_;
  TempDir whole_;
  std::vector<std::unique_ptr<TempDir>> folders_;
};

/// Makes a file longer (by zeros) or shorter.
void resize(const std::string& path, std::ptrdiff_t by);
/// Puts zeros there.
void overwrite(const std::string& path, std::size_t offset, std::size_t size);

}  // namespace imsearch::test
