// A finished index: opened from one file, answers queries.
//
// Search walks an HNSW graph over short codes of the rows (reduction.h),
// re-ranks the candidates by 8-bit codes of the whole vectors (sq8.h) and
// the best of those exactly, when the vectors file is still there and
// unchanged. Small indexes are searched without loss instead (searcher.h). The
// file is specified in imsearch-formats(5), the graph by Malkov and Yashunin,
// arXiv:1603.09320.
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "index/vector_set.h"
#include "io/sidecar.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

struct HnswParams {
  std::size_t M = 48;  // links a row keeps; twice as many at level 0
  std::size_t ef_construction = 128;  // candidates looked at per insertion
  std::uint64_t seed = 100;           // of the levels
};

/// A vectors file that an index was built from.
struct IndexSource {
  std::string path;  // relative to the index file's folder, unless absolute
  std::size_t rows = 0;
  std::uint64_t fingerprint = 0;  // of those rows
  std::int64_t modified_ns = 0;   // FileState; 0: not known
};

/// One row of the vectors cannot be used: it is not the row that was indexed,
/// or holds NaN. Other rows may be good.
struct RowError : Error {
  using Error::Error;
};

/// What the index says of itself.
struct IndexInfo {
  std::size_t rows = 0;
  std::size_t dim = 0;
  HnswParams params;
  ModelIdentity model;
  std::vector<IndexSource> sources;
  std::string tool_version;
  /// Rows, rising, that are deleted because a ledger says that their images are
  /// gone. All others that are deleted were named by somebody.
  std::vector<std::uint32_t> gone = {};
};

/// How the file's hot parts are held: mapped (opens in milliseconds) or copied
/// into anonymous huge pages (faster searches).
enum class IndexAccess { kMapped, kLoaded };

/// Immutable; any number of threads may use it, each with its own Searcher.
class Index {
 public:
  /// Opens `path` and checks its header, section table and sizes. Throws Error:
  /// missing, foreign (hnswlib, Faiss), another version, truncated, malformed.
  explicit Index(const std::string& path,
                 IndexAccess access = IndexAccess::kMapped);
  ~Index();
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;

  const std::string& path() const;
  const IndexInfo& info() const;
  std::size_t rows() const { return info().rows; }
  std::size_t dim() const { return info().dim; }

  /// Rows that are marked as deleted: they keep their numbers, names and
  /// vectors, but no search finds them.
  std::size_t deleted_rows() const;
  bool is_deleted(std::uint32_t row) const;

  /// The name of a row (< rows()); valid as long as the index.
  std::string_view name(std::uint32_t row) const;
  /// The first row of that name that is not deleted.
  std::optional<std::uint32_t> find(std::string_view name) const;

  /// What is wrong with the file of changes beside the index, with the remedy,
  /// where it is not of this index and so counts for nothing; else empty, also
  /// where this index was made of that one and its changes.
  std::string foreign_changes() const;

  /// The vectors that the index was built from, where they are still there and
  /// unchanged; else nullptr, and why_no_vectors() says why.
  const VectorSet* vectors() const;
  const std::string& why_no_vectors() const;
  /// Where the files of vectors are looked for.
  std::vector<std::string> source_paths() const;
  /// Rows that the vectors files have grown by since: not in the index.
  std::size_t rows_behind() const;

  /// Row's unit vector into `out` (dim floats): exact where vectors() is there,
  /// else what its 8-bit code says. Throws RowError for a row that has changed
  /// since the index was built, which its code tells (row_check.h).
  void read_unit(std::uint32_t row, float* out) const;
  /// Reads several rows so, one after the other into `out` [count, dim].
  void read_units(const std::uint32_t* rows, std::size_t count,
                  float* out) const;

  /// Squared distances of a unit (or zero) vector from rows as read_units()
  /// would read them: the bits of exact_l2sq() (flat.h), and the same errors.
  /// `scratch`: [count, dim] floats.
  void measure_rows(const float* unit, const std::uint32_t* rows,
                    std::size_t count, float* scratch, float* out) const;

  /// Reads the whole file and compares every checksum and bound. Throws Error
  /// naming the section.
  void verify() const;

  /// Compares the checksums of names and deleted rows, and of all changes: what
  /// a change that leaves the rest as it is relies on. Throws Error.
  void verify_names() const;

  /// verify() of what changes beside the index file have made of it: for an
  /// index whose file has been verified. Reads little of that. Throws Error.
  void verify_changes() const;

  /// Reads all rows of vectors(), or of `vectors`, which must have as many or
  /// more, and throws Error naming the first that has changed since the
  /// index was built. `threads` 0: all CPUs.
  void check_rows(unsigned threads = 0) const;
  void check_rows(const VectorSet& vectors, unsigned threads) const;
  /// check_rows(), unless it is known to pass: because the files of vectors()
  /// were last modified when the index recorded, or have not been modified
  /// since the last such check. Then no file is read.
  void ensure_rows() const;

  /// Throws Error if the index file has been written to since it was opened:
  /// what was read from it meanwhile means nothing. A new index that was
  /// renamed to its name does not matter.
  void ensure_unchanged() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace imsearch
