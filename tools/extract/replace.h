// Vectors that an index was built from are not replaced by mistake.
#pragma once

#include "io/sidecar.h"

#include <optional>
#include <string>

namespace imsearch {

/// For a run that is about to replace `vectors` by rows of `list` (empty:
/// of several), or of `shard` of it. Throws Error, with what can be done
/// instead, where an index lies beside them, unless they are of the same images
/// already: then their rows come again, or better ones.
void keep_indexed(const std::string& vectors,
                  const std::optional<ImageListId>& list,
                  const std::optional<ListPart>& shard);

}  // namespace imsearch
