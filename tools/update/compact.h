// update --compact: vectors, names and ledger without the rows that are gone.
#pragma once

#include "update/collection.h"

#include <cstddef>

namespace imsearch {

/// Replaces the files, which must be those of `collection`; their index has to
/// be built anew. Gives how many rows were left out; without any, nothing is
/// written. Killed after the point where all is on the disk, it is completed by
/// finish_compacting(); before it, nothing has changed. Throws Error,
/// Interrupted.
std::size_t compact(const CollectionPaths& paths, const Collection& collection);

/// Completes what a killed compact() had on the disk. False if there is nothing
/// of the kind.
bool finish_compacting(const CollectionPaths& paths);

}  // namespace imsearch
