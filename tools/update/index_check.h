// Whether the index is one that update may change or replace: an index of these
// vectors alone, whose names are those of their rows.
#pragma once

#include "update/collection.h"

#include "index/index.h"

#include <string>

namespace imsearch {

/// Whether the rows of the index are the first ones of the vectors.
bool belongs_to(const Index& index, const std::string& vectors);

/// Throws Error where update would drop rows of other vectors from the index,
/// or give names to rows that are not theirs: where the vectors were replaced
/// since the index was built, and images have others under the same names. An
/// index that cannot be read is none. `collection`: nullptr where there are no
/// vectors yet. `is_behind`: the index is known not to have followed the
/// vectors (UpdateRecord::index_is_behind), so that these may be others.
void check_index(const CollectionPaths& paths, const Collection* collection,
                 bool is_behind);

}  // namespace imsearch
