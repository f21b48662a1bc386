// A finished index: opened from one file, answers queries.
//
// Search walks an HNSW graph over short codes of the rows (reduction.h),
// re-ranks the candidates by 8-bit codes of the whole vectors (codes8.h) and
// the best of those exactly, when the vectors file is still there and
// unchanged. Small indexes are searched without loss instead. Specification of
// the file:
// imsearch-formats(5); of the graph: Malkov and Yashunin, arXiv:1603.09320.
#pragma once

#include "base/hit.h"
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

struct CodedQuery;

struct HnswParams {
  std::size_t M = 48;  // links a row keeps; twice as many at level 0
  std::size_t ef_construction = 128;  // candidates looked at per insertion
  std::uint64_t seed = 100;           // of the levels
};

/// Counts to re-rank, measured: where queries are unlike all rows, short codes
/// put neighbours far back (of 20,000 crops of photos, with ef 512 and 48
/// re-ranked recall@10 ends at .923, with all at .9996), so all candidates are;
/// a code costs 0.3 microseconds. Beyond 2 k, only those rows are compared
/// exactly whose codes leave open whether they are among the k nearest.
struct SearchParams {
  std::size_t k = 10;
  std::size_t ef = 256;  // candidates kept while walking; at least k is used
  std::size_t rerank_codes = 0;  // of those, re-ranked by 8-bit codes; 0: all
  // Of those, compared exactly: at least 2 k, and all of up to half as many
  // again, which takes less than to re-rank all by codes.
  std::size_t rerank = 20;
};

/// A vectors file that an index was built from.
struct IndexSource {
  std::string path;  // relative to the index file's folder, unless absolute
  std::size_t rows = 0;
  std::uint64_t fingerprint = 0;  // of those rows
};

/// What the index says of itself.
struct IndexInfo {
  std::size_t rows = 0;
  std::size_t dim = 0;
  HnswParams params;
  ModelIdentity model;
  std::vector<IndexSource> sources;
  std::string tool_version;
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

  /// The vectors that the index was built from, where they are still there and
  /// unchanged; else nullptr, and why_no_vectors() says why.
  const VectorSet* vectors() const;
  const std::string& why_no_vectors() const;
  /// Rows that the vectors files have grown by since: not in the index.
  std::size_t rows_behind() const;

  /// Row's unit vector into `out` (dim floats): exact where vectors() is there,
  /// else what its 8-bit code says.
  void read_unit(std::uint32_t row, float* out) const;
  /// The same for several rows, one after the other in `out`.
  void read_units(const std::uint32_t* rows, std::size_t count,
                  float* out) const;

  /// Reads the whole file and compares every checksum and bound. Throws Error
  /// naming the section.
  void verify() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// One thread's searching of one index (which must outlive it): scratch memory.
class Searcher {
 public:
  explicit Searcher(const Index& index);
  ~Searcher();
  Searcher(Searcher&&) noexcept;

  /// The k nearest rows of `unit_query` (dim floats, unit or zero), nearest
  /// first, never fewer than min(k, rows that may be found). `leave_out` is a
  /// row not to be found. Distances are exact where index.vectors() is there.
  Hits search(const float* unit_query, const SearchParams& params,
              std::optional<std::uint32_t> leave_out = std::nullopt);

  /// The same without loss: where index.vectors() is there, what search_flat()
  /// (flat.h) finds among the rows that are not deleted, to the bit.
  Hits search_exactly(const float* unit_query, std::size_t k,
                      std::optional<std::uint32_t> leave_out = std::nullopt);

 private:
  struct Scratch;
  struct Task;
  Task task_of(const float* unit_query, std::size_t k,
               std::optional<std::uint32_t> leave_out);
  Hits nearest_to_zero(const Task& task) const;
  Hits walk(const Task& task, const SearchParams& params);
  Hits scan(const Task& task);
  void rerank_by_codes(const CodedQuery& query, Hits& hits) const;
  Hits nearest_of(const Task& task, Hits hits);
  Hits nearest_walked(const Task& task, std::size_t exact, Hits hits);
  void compare_exactly(const float* unit_query, Hit* hits, std::size_t count);

  const Index* index_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace imsearch
