// The vectors that an index at a service was pushed from: the ground truth that
// its recall is measured against.
#pragma once

#include "base/matrix.h"
#include "base/search.h"
#include "index/vector_set.h"
#include "remote/remote_index.h"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace imsearch {

/// Any thread. The index must outlive it.
class ServiceGroundTruth {
 public:
  /// Opens the vectors file. Throws Error: other vectors than were pushed, an
  /// unfinished load.
  ServiceGroundTruth(const RemoteIndex& index, const std::string& path);

  /// search_flat() (index/flat.h) over the rows that the index has: some may
  /// have been deleted or refused. The service is asked which of those found it
  /// has, once for each row.
  std::vector<Hits> search(
      MatrixView queries, std::size_t k, unsigned threads,
      const std::vector<std::optional<std::uint32_t>>& excluded) const;

  /// Gives hits of the query their exact distances, nearest first. Rows that
  /// others have added there are dropped.
  void compare_exactly(const float* unit_query, Hits& hits) const;

 private:
  using Rows = std::unordered_set<std::uint32_t>;

  Rows gone_rows() const;
  /// Asks about rows that are not known yet; true if all of `found` are there.
  bool are_all_there(const std::vector<Hits>& found) const;

  const RemoteIndex* index_;
  VectorSet vectors_;
  mutable std::mutex mutex_;
  mutable Rows there_;
  mutable Rows gone_;
};

}  // namespace imsearch
