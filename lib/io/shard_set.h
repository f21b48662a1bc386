// Whether files of vectors are whole lists of images, or all shards of one.
//
// `extract --shard I/N` writes rows of one block of a list. Nothing in N - 1
// such files says that one is missing, nor that one was made after a photo had
// been added to the folder; their sidecars do.
#pragma once

#include "io/sidecar.h"

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

}  // namespace imsearch
