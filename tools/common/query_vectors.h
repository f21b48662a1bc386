// Files of vectors to ask an index for.
#pragma once

#include "common/searched_index.h"

#include "index/vector_set.h"

#include <string>

namespace imsearch {

/// Opens the vectors at `path`, of the index's dim. Throws Error; also where
/// the sidecar beside them says that another model made them than the index's.
VectorSet open_query_vectors(const SearchedIndex& index,
                             const std::string& path);

}  // namespace imsearch
