// The index that build-index is to replace.
#pragma once

#include "build_index/inputs.h"

#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// Says which files of vectors the index at `path`, which is to be built anew,
/// has rows of that are not among the inputs now.
void say_dropped_files(const std::string& path, const IndexInputs& inputs);

/// Whether the file is an index of ours, by its first bytes.
bool is_index(const std::string& path);

/// The rows of `inputs` that are deleted in the index at `path`, which is to be
/// replaced by one of these inputs, so that they stay deleted. None if there is
/// no such index. Says how many, and what is deleted no more.
std::vector<std::uint32_t> deletions_to_keep(const std::string& path,
                                             const IndexInputs& inputs,
                                             bool quiet);

}  // namespace imsearch
