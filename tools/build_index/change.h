// Changing a finished index: rows added, rows deleted.
#pragma once

#include "build_index/inputs.h"

#include "io/fnames.h"

#include <cstddef>
#include <string>

namespace imsearch {

/// ", 12 marked as deleted" to put behind a number of rows; empty for 0.
std::string deleted_text(std::size_t rows);

/// Adds to the index at `path` the rows of `inputs` that come behind its own.
/// Throws Error: what is there before has changed, another model, not enough
/// memory or disk.
void append_rows(const std::string& path, const IndexInputs& inputs,
                 unsigned threads, bool quiet);

/// Marks all rows of these names, as they are in the index or as query prints
/// them, as deleted. A name that is one image's in the index and another's as
/// printed is neither's, unless the names end with NUL: then it is the first's.
/// False if a name is that of no row or of both, and a message says so; the
/// others are deleted all the same.
bool delete_rows(const std::string& path, const Names& names,
                 Separator separator, bool quiet);

}  // namespace imsearch
