// Builds an index file from vectors and names, or grows one by more rows.
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

}  // namespace imsearch
