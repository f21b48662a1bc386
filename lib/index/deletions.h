// Marks rows of a finished index as deleted.
#pragma once

#include "index/index.h"
#include "index/vector_set.h"
#include "io/fnames.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Replaces the index's file by one where these rows too are marked as deleted.
/// The content must have been verified. Throws Error, Interrupted.
void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows);

struct KeptDeletions {
  std::vector<std::uint32_t> rows;  // of the new index, rising
  /// Rows with the name of a deleted image, and of no other, whose vectors are
  /// others: a new image of that name, or another model's.
  std::size_t changed = 0;
};

/// Compares the rows of a new index with those of `old`, whose content must
/// have been verified. A row stays deleted where `old` had the same name and
/// vector (as far as its code tells) deleted: as the row of that number, or
/// else anywhere and nowhere alive.
KeptDeletions kept_deletions(const Index& old, const VectorSet& vectors,
                             const Names& names);

}  // namespace imsearch
