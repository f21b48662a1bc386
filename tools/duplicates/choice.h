// Which images are looked at, and which are always kept: by patterns of names.
#pragma once

#include "duplicates/library.h"
#include "duplicates/options.h"

#include <cstdint>
#include <vector>

namespace imsearch {

/// Rows that are there, and that --only and --not let pass. Says where a
/// pattern is that of no image: it is misspelt more often than meant.
std::vector<std::uint32_t> rows_looked_at(const DuplicatesOptions& opt,
                                          const Library& library);

/// Whether each row is one of --reference; empty without that option. Says the
/// same.
std::vector<bool> references(const DuplicatesOptions& opt,
                             const Library& library);

}  // namespace imsearch
