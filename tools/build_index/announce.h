// What a build will take, before it starts.
#pragma once

#include "index/build.h"
#include "index/estimate.h"
#include "index/vector_set.h"

#include <string>

namespace imsearch {

/// Says on standard error, unless `quiet`, what indexing `vectors` into the
/// file `output` needs and what there is. Throws Error where memory or disk
/// will not do.
void announce_build(const VectorSet& vectors, const BuildNeeds& needs,
                    const std::string& output, bool quiet);

}  // namespace imsearch
