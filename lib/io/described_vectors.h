// Files of vectors as tools open them: with what the sidecars beside them say.
//
// build-index, push, extract --join, and all --vectors go through here, so that
// no tool takes what another would refuse: rows of two models, a file that has
// lost rows or was added to by hand, shards without their siblings, files that
// extract has not finished putting in place.
#pragma once

#include "io/commit_mark.h"
#include "io/fvecs.h"
#include "io/sidecar.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// A file of vectors, and what the sidecar beside it says.
struct DescribedFile {
  std::string path;
  std::optional<Sidecar> sidecar;
};

/// Passes files that are not shards, and shards that come as all of one list,
/// in their order, one directly behind the other. Throws Error, with the
/// remedy, where one is missing, twice, misplaced or of another list.
void check_shards(const std::vector<DescribedFile>& files);

class DescribedVectors {
 public:
  /// Opens `paths`, at least one. `dim` 0: as the sidecars say, else `dim_from`
  /// says it, for messages ("--dim"). Throws Error, naming both sides and the
  /// remedy, where a file and the sidecars do not match: dim, model, rows, or
  /// shards that are not all shards of one list (check_shards()).
  explicit DescribedVectors(const std::vector<std::string>& paths,
                            std::size_t dim = 0,
                            const std::string& dim_from = "--dim");

  /// In the order of `paths`. The caller may move them out, to map no file
  /// twice.
  std::vector<VectorFile>& files() { return files_; }
  /// One for each file; empty where a file has no sidecar.
  const std::vector<std::optional<Sidecar>>& sidecars() const {
    return sidecars_;
  }
  /// The model that all sidecars agree on, as far as they say one, and the
  /// first sidecar's path that does.
  const ModelIdentity& model() const { return model_; }
  const std::string& model_from() const { return model_from_; }

  /// To be called once what belongs to them (names) was opened. Throws Error if
  /// extract has replaced them meanwhile.
  void check_settled() const;

 private:
  void compare(const std::string& sidecar, const Sidecar& said);

  std::vector<SettledVectors> settled_;
  std::vector<std::optional<Sidecar>> sidecars_;
  std::vector<VectorFile> files_;
  std::size_t dim_ = 0;
  std::string dim_from_;
  ModelIdentity model_;
  std::string model_from_;
};

}  // namespace imsearch
