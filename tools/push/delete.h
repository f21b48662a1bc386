// push --delete: rows are deleted, by their names.
#pragma once

#include "io/fnames.h"
#include "remote/endpoint.h"

namespace imsearch {

/// Deletes all rows of these names, as query prints them or in their own bytes.
/// Names that no row has are reported on stderr. True if each was found. Throws
/// Error: a load is unfinished, and what load_rows() throws.
bool delete_remote_rows(const Endpoint& endpoint, const Names& names,
                        bool quiet);

}  // namespace imsearch
