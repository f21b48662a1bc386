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

/// Builds the graph on the short codes that `reduction` makes (fit_reduction()
/// finds one that suits), on `threads` threads (0: all), and writes the index
/// file `path` whole or not at all. names.size() must be vectors.rows(). Rows
/// in `deleted` are marked as deleted, and those in `gone`, which must be among
/// them, recorded in IndexInfo::gone (kImsearch only).
///
/// With one thread the file has the same bytes for the same input, which
/// includes the time at which the vectors were last modified; with several, the
/// order in which rows are inserted decides some links. Throws Error: names and
/// rows that don't match, NaN in a row, a full disk; Interrupted on SIGINT.
void build_index(const VectorSet& vectors, const Names& names,
                 const ModelIdentity& model, const HnswParams& params,
                 const Reduction& reduction, unsigned threads,
                 const std::string& path, const OnProgress& on_progress,
                 IndexFormat format = IndexFormat::kImsearch,
                 const std::vector<std::uint32_t>& deleted = {},
                 const std::vector<std::uint32_t>& gone = {});

/// Throws Error unless an index can be built of these.
void check_sizes(const VectorSet& vectors, const Names& names,
                 const HnswParams& params);

/// What an index at `path` that is built of these says of itself.
IndexInfo describe_index(const VectorSet& vectors, const ModelIdentity& model,
                         const HnswParams& params, const std::string& path);

/// IndexInfo::gone of the index with these rows, rising.
std::vector<std::uint32_t> gone_with(const Index& index,
                                     const std::vector<std::uint32_t>& more);

/// A reduction that suits all rows, where that of the index no longer does;
/// nothing where it still does. It no longer does if it was fitted to too few
/// rows (kLeastFitted), or if it finds less than is asked of a fit
/// (kEnoughFound), among the new rows or among all, and a fresh one finds more.
/// `vectors` begin with the index's rows. Takes some seconds. Throws as
/// fit_reduction().
std::optional<Reduction> refit_for_append(const Index& index,
                                          const VectorSet& vectors,
                                          unsigned threads);

/// Writes an index of all rows of `vectors`, the first of which are the rows of
/// `index`, unchanged; `names` are those of all rows, and may differ from those
/// in it; rows in `gone` are marked as deleted, like those that are, and
/// recorded in IndexInfo::gone. The graph of `index` is grown by the new rows,
/// or built again on the codes of `refitted`. The content of `index` must have
/// been verified (Index::verify()), for its graph is taken over unchecked.
/// Otherwise as build_index().
void append_to_index(const Index& index, const VectorSet& vectors,
                     const Names& names,
                     const std::optional<Reduction>& refitted, unsigned threads,
                     const std::string& path, const OnProgress& on_progress,
                     const std::vector<std::uint32_t>& gone = {});

}  // namespace imsearch
