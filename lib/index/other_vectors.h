// Whether names still belong to the vectors that an index knows under them.
#pragma once

#include "index/index.h"
#include "index/vector_set.h"
#include "io/fnames.h"

#include <cstddef>

namespace imsearch {

/// How many rows of `vectors` have a name that the index has, but a vector that
/// none of its rows of that name has, as far as its codes tell: their images
/// have changed, or the names are those of other rows. Rows of the index that
/// are gone (IndexInfo::gone) do not count. Reads those rows; 0 where the index
/// has another dim. Throws Error on NaN in a row; Interrupted.
std::size_t count_other_vectors(const Index& index, const VectorSet& vectors,
                                const Names& names);

}  // namespace imsearch
