// The files that `update` keeps in step with images: vectors, names, ledger.
#pragma once

#include "io/fnames.h"
#include "io/ledger.h"
#include "io/sidecar.h"

#include <cstdint>
#include <string>

namespace imsearch {

/// Where they are.
struct CollectionPaths {
  std::string vectors;
  std::string names;
  std::string index;
  Separator separator = Separator::kNewline;
};

struct Collection {
  Sidecar sidecar;
  Names names;                   // one a row
  Ledger ledger;                 // as many rows; of some nothing may be known
  std::int64_t modified_ns = 0;  // of the vectors

  bool is_gone(std::size_t row) const { return ledger.rows[row].gone; }
};

/// Throws Error where they do not belong together, or where extract has not
/// finished putting them in place.
Collection open_collection(const CollectionPaths& paths);

/// Replaces names, if they are others than before, and ledger. A kill between
/// the two leaves names that are newer than the ledger's, which the next
/// update takes for true and writes there. Throws Error.
void write_collection(const CollectionPaths& paths, const Collection& after,
                      bool names_changed);

}  // namespace imsearch
