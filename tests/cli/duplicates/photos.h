// A collection whose features, hashes and files a test chooses.
#pragma once

#include "io/ledger.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch::test {

struct Photo {
  std::string name;
  std::vector<float> feature;  // of Photos::kDim floats
  std::optional<std::uint64_t> phash = {};
  std::string content = {};  // of its file; empty: its name
  std::size_t width = 40;
  std::size_t height = 30;
  /// Without a hash, since there is nothing to see. Otherwise one without a
  /// hash was not looked at, and its width and height are not known.
  bool blank = false;
};

/// A feature of its own for each `subject`, and `turn` away from it: two turns
/// of one subject have the cosine of the angle between them.
std::vector<float> feature_of(std::size_t subject, double turn = 0);

class Photos {
 public:
  static constexpr std::size_t kDim = 64;

  explicit Photos(std::vector<Photo> photos) : photos_(std::move(photos)) {}

  const TempDir& dir() const { return dir_; }
  std::string path(const std::string& name) const { return dir_ / name; }

  /// Writes files, vectors, names, sidecar, and a ledger unless `ledger` is
  /// false; then builds the index.
  void build(bool ledger = true, const std::vector<std::string>& options = {});

  RunResult run(const std::vector<std::string>& arguments) const;
  /// duplicates --threshold 0.9 with these: its lines, each as "GROUP RELATION
  /// NAME". Checks that it succeeds.
  std::vector<std::string> groups(std::vector<std::string> options = {}) const;
  /// The same with --extras.
  std::vector<std::string> extras(std::vector<std::string> options = {}) const;

 private:
  TempDir dir_;
  std::vector<Photo> photos_;
};

}  // namespace imsearch::test
