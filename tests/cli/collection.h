// A folder with fvecs.bin, fvecs.bin.json and fnames.txt, and tools run in it.
#pragma once

#include "cli/made_up.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch::test {

std::vector<std::string> lines_of(const std::string& text);
/// Of a tab-separated line.
std::vector<std::string> fields_of(const std::string& line);

class Collection {
 public:
  static constexpr std::size_t kDim = 24;

  /// An empty folder for 0 rows.
  explicit Collection(std::size_t rows, unsigned seed = 1);

  const TempDir& dir() const { return dir_; }
  std::string path(const std::string& name) const { return dir_ / name; }

  /// Runs a tool in the folder.
  RunResult run(const std::vector<std::string>& args,
                RunOptions options = {}) const;
  /// build-index with these options; throws Error with its words if it fails.
  void build(const std::vector<std::string>& options = {}) const;

  std::string read(const std::string& name) const;
  std::string write(const std::string& name, const std::string& bytes) const {
    return dir_.write(name, bytes);
  }
  /// The names of all files there, sorted.
  std::vector<std::string> files() const;

 private:
  TempDir dir_;
};

}  // namespace imsearch::test
