// Builds an index file from vectors and names.
#pragma once

#include "base/progress.h"
#include "index/index.h"
#include "index/reduction.h"
#include "index/vector_set.h"
#include "io/fnames.h"
#include "io/sidecar.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

enum class IndexFormat {
  kImsearch,  // index_file.h
  kHnswlib    // hnswlib_file.h: without names
};

/// What a build will need, told before it starts.
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

/// Builds the graph on short codes, those of `reduction` (reduction_fit.h), on
/// `threads` threads (0: all), and writes the index file
/// `path` whole or not at all. names.size() must be vectors.rows(). With one
/// thread the file is the same for the same input, which includes when vectors
/// were last modified. Rows in `deleted` are marked as deleted (kImsearch
/// only). Throws Error: names and rows
/// that don't match, NaN in a row, a full disk; Interrupted on SIGINT.
void build_index(const VectorSet& vectors, const Names& names,
                 const ModelIdentity& model, const HnswParams& params,
                 const Reduction& reduction, unsigned threads,
                 const std::string& path, const OnProgress& on_progress,
                 IndexFormat format = IndexFormat::kImsearch,
                 const std::vector<std::uint32_t>& deleted = {});

/// The reduction that suits all rows, where that of the index no longer does:
/// where it was fitted to too few rows (kLeastFitted), or finds less than is
/// asked of a fit (reduction_fit.h), of neighbours of the new rows or of all,
/// and a fresh one finds more. Else nothing. `vectors` begin with the index's
/// rows. Takes some seconds. Throws as fit_reduction().
std::optional<Reduction> refit_for_append(const Index& index,
                                          const VectorSet& vectors,
                                          unsigned threads);

/// Writes the index anew with the rows of `vectors` that come behind its own,
/// which must be the first ones there, unchanged; `names` are those of all. The
/// graph grows, by the codes that the index has, or is built again by those of
/// `refitted`. The index's content must have been verified. Otherwise as
/// build_index().
void append_to_index(const Index& index, const VectorSet& vectors,
                     const Names& names,
                     const std::optional<Reduction>& refitted, unsigned threads,
                     const std::string& path, const OnProgress& on_progress);

/// Replaces the index's file by one where these rows too are marked as deleted.
/// The content must have been verified. Throws Error, Interrupted.
void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows);

}  // namespace imsearch
