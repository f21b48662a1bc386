// Appending few rows to a large index at the cost of these: they go into its
// changes (index_changes.h), and of the index only what their insertion visits
// is read.
#pragma once

#include "base/progress.h"
#include "index/index.h"
#include "index/vector_set.h"
#include "io/fnames.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Whether so many new rows are few for that index.
bool are_few(const Index& index, std::size_t new_rows);

/// Whether the short codes of the index suit the rows behind its own: they find
/// about what is asked of a fit (kEnoughFound). The fewer rows, the less is
/// concluded from what they miss. False where refit_for_append() must look.
/// Reads some 10,000 rows. Throws Error on NaN in a row; Interrupted.
bool codes_suit(const Index& index, const VectorSet& vectors, unsigned threads);

/// What append_to_index() does, without a new reduction and on one thread, for
/// few rows; `renames` says whether `names` has other ones for old rows. The
/// old rows are not compared with their codes: unless the sidecar of a file
/// says that it has only grown since it was indexed (io/sidecar.h), the index
/// records no time of it, so that exact search compares its rows. Throws Error,
/// with all as it was; Interrupted.
void append_few(const Index& index, const VectorSet& vectors,
                const Names& names, bool renames, unsigned threads,
                const OnProgress& on_progress,
                const std::vector<std::uint32_t>& gone);

}  // namespace imsearch
