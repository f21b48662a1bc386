// The vectors that an index at a service was pushed from: the truth that its
// recall is measured against.
#pragma once

#include "base/hit.h"
#include "base/matrix.h"
#include "index/vector_set.h"
#include "remote/remote_index.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// Immutable; any thread.
class ServiceTruth {
 public:
  /// Opens the vectors file; where the index lacks rows, asks which. Throws
  /// Error: other vectors than were pushed, an unfinished load.
  ServiceTruth(const RemoteIndex& index, const std::string& path);

  /// search_flat() (index/flat.h) over the rows that the index has.
  std::vector<Hits> search(
      MatrixView queries, std::size_t k, unsigned threads,
      const std::vector<std::optional<std::uint32_t>>& leave_out) const;

  /// Gives hits of the query their exact distances, nearest first. Rows that
  /// others have added there are dropped.
  void compare_exactly(const float* unit_query, Hits& hits) const;

 private:
  bool is_there(std::uint32_t row) const {
    return gone_.empty() || !gone_[row];
  }

  VectorSet vectors_;
  std::vector<bool> gone_;  // empty: none
};

}  // namespace imsearch
