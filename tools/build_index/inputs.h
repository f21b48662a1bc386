// What build-index indexes: vector files, the names of their rows, and the
// model that their sidecars agree on; and whether memory and disk will do for
// them.
#pragma once

#include "index/estimate.h"
#include "index/vector_set.h"
#include "io/fnames.h"
#include "io/sidecar.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

struct IndexInputs {
  VectorSet vectors;
  Names names;  // one per row
  ModelIdentity model;
  /// Whether ledgers lie beside all vectors: then names may change, for the
  /// ledger knows which file a row is of.
  bool has_ledger = false;
  std::vector<std::uint32_t> gone = {};  // rows whose images are gone, rising
};

/// Opens `vectors`, and `names`: one file for each of them. `dim` 0: as the
/// sidecars say. Throws Error naming both files where numbers, dimensions or
/// models do not match, or as DescribedVectors does.
IndexInputs open_index_inputs(const std::vector<std::string>& vectors,
                              const std::vector<std::string>& names,
                              std::size_t dim, Separator separator);

/// False for a device or a pipe: what is written there takes no disk.
bool takes_disk(const std::string& path);

/// Says on standard error, unless `quiet`, what indexing `vectors` into the
/// file `output` needs and what there is. Throws Error where memory or disk
/// will not do.
void announce_build(const VectorSet& vectors, const BuildNeeds& needs,
                    const std::string& output, bool quiet);

}  // namespace imsearch
