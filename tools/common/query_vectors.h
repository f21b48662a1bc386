// Files of vectors to ask an index for.
#pragma once

#include "index/vector_set.h"
#include "search/search_index.h"

#include <string>

namespace imsearch {

/// Opens the vectors at `path`, of the index's dim. Throws Error; also where
/// the sidecar beside them says that another model made them than the index's.
VectorSet open_query_vectors(const SearchIndex& index, const std::string& path);

}  // namespace imsearch
