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
  /// At the peak, beyond mapped files. What fit_reduction() takes is not
  /// counted: it has given that back before the peak.
  std::uint64_t memory_bytes = 0;
  std::uint64_t held_bytes = 0;  // the part of it that the names hold already
  std::uint64_t row_bytes = 0;   // what each row adds to it
  std::uint64_t disk_bytes = 0;  // of the index file
  double seconds = 0;            // from insertions timed on a sample
};

/// What build_index() will need, whose arguments these are; `regular`: whether
/// it writes a regular file, and so holds no codes. Codes and inserts a sample
/// of up to 1,000 rows, which takes a moment. Throws Error on NaN in one of
/// them; Interrupted.
BuildNeeds estimate_build(const VectorSet& vectors, const Names& names,
                          const HnswParams& params,
                          const ReductionView& reduction, unsigned threads,
                          IndexFormat format = IndexFormat::kImsearch,
                          bool regular = true);
/// What append_to_index() will need, whose arguments these are.
BuildNeeds estimate_append(const Index& index, const VectorSet& vectors,
                           const Names& names,
                           const std::optional<Reduction>& refitted,
                           unsigned threads);

}  // namespace imsearch
