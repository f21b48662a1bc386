// Changing a finished index: rows added, rows deleted.
#pragma once

#include "common/index_inputs.h"

#include "io/fnames.h"

#include <string>

namespace imsearch {

/// Adds to the index at `path` the rows of `inputs` that come behind its own.
/// Throws Error: what is there before has changed, another model, not enough
/// memory or disk.
void append_rows(const std::string& path, const IndexInputs& inputs,
                 unsigned threads, bool quiet);

/// Marks all rows of these names, as they are in the index or as query prints
/// them, as deleted. False if some name is of no row, which is said; the others
/// are deleted all the same.
bool delete_rows(const std::string& path, const Names& names, bool quiet);

}  // namespace imsearch
