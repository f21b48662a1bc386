// What building an index will need, told before it starts: memory, disk, time.
#pragma once

#include "index/build.h"
#include "index/index.h"
#include "index/reduction.h"
#include "index/vector_set.h"
#include "io/fnames.h"

#include <cstdint>
#include <optional>

namespace imsearch {

struct BuildNeeds {
  /// At the peak, beyond mapped files. Of fit_reduction(), which is over by
  /// then, nothing is counted.
  std::uint64_t memory_bytes = 0;
  std::uint64_t held_bytes = 0;  // of those, by the names, which are there
  std::uint64_t disk_bytes = 0;  // of the index file
  double seconds = 0;            // from insertions timed on a sample
};

BuildNeeds estimate_build(const VectorSet& vectors, const Names& names,
                          const HnswParams& params,
                          const ReductionView& reduction, unsigned threads,
                          IndexFormat format = IndexFormat::kImsearch);
/// Of append_to_index().
BuildNeeds estimate_append(const Index& index, const VectorSet& vectors,
                           const Names& names,
                           const std::optional<Reduction>& refitted,
                           unsigned threads);

}  // namespace imsearch
