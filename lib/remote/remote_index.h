// An index at a service, for searching: opened once, asked by any number of
// threads, each with a RemoteSearcher of its own.
#pragma once

#include "base/search.h"
#include "remote/dialect.h"
#include "remote/index_meta.h"
#include "remote/service.h"
#include "remote/stored_rows.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// No service gives more hits at once.
inline constexpr std::size_t kMaxRemoteTop = 10000;

/// What is known of an index when it is opened. Immutable.
class RemoteIndex {
 public:
  /// Asks the service who it is, and the index for its mapping and its rows.
  /// Throws Error: not there, not pushed by imsearch (naming what is missing),
  /// and what service.h throws.
  explicit RemoteIndex(const Endpoint& endpoint);

  const Endpoint& endpoint() const { return endpoint_; }
  std::string where() const { return endpoint_.url.text(); }
  const ServiceInfo& service() const { return service_; }
  const IndexMeta& meta() const { return meta_; }
  const Dialect& dialect() const { return *dialect_; }
  std::size_t dim() const { return meta_.spec.dim; }
  /// Rows that a search can find.
  std::size_t rows() const { return rows_; }

 private:
  Endpoint endpoint_;
  ServiceInfo service_;
  IndexMeta meta_;
  std::unique_ptr<const Dialect> dialect_;
  std::size_t rows_ = 0;
};

/// One thread's questions to an index, which must outlive it.
class RemoteSearcher {
 public:
  explicit RemoteSearcher(const RemoteIndex& index);

  /// The nearest rows of `unit_query` (dim floats of length 1), at most
  /// kMaxRemoteTop, 1 less with `excluded`, a row not to be found. ef counts
  /// the candidates of each shard. A distance is what the service's score says,
  /// to some 1e-6. Throws Error, also when a shard did not answer.
  Answer search(const float* unit_query, const SearchParams& params,
                std::optional<std::uint32_t> excluded = std::nullopt);

  /// Stored rows, in the order asked; those that are not there are left out.
  std::vector<StoredRow> rows(const std::vector<std::uint32_t>& numbers);

  /// The first row of that name.
  std::optional<StoredRow> find(const std::string& name);

  /// `count` rows chosen by chance, the same for the same seed as long as the
  /// index stays as it is; all of them where there are fewer. In rising order.
  std::vector<std::uint32_t> sample(std::size_t count, std::uint64_t seed);

 private:
  const RemoteIndex* index_;
  HttpClient client_;
};

}  // namespace imsearch
