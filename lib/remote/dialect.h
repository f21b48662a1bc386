// What OpenSearch's k-NN plugin and Elasticsearch call the same things.
//
// Sources: OpenSearch documentation, "k-NN vector" and "k-NN query"; the
// Elasticsearch reference, "Dense vector field type" and "k-nearest neighbor
// search"; scores checked against both.
#pragma once

#include "remote/index_meta.h"
#include "remote/service.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace imsearch {

/// Names of the fields of a row's document. A name is text there; one that is
/// not UTF-8 has its bytes in a field of their own.
inline constexpr const char* kVectorField = "fvec";
inline constexpr const char* kNameField = "name";
inline constexpr const char* kNameBytesField = "name_base64";

/// A search for the nearest rows.
struct SearchSpec {
  std::string vector;  // JSON array of floats
  std::size_t k = 10;
  std::size_t ef = 256;
  bool exact = false;
  std::string filter;  // JSON of a query clause; empty: none
};

/// Immutable; any thread.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// Throws Error: a compression that the service does not have, naming those
  /// it has; more dimensions than it takes.
  virtual void check(const IndexSpec& spec) const = 0;

  /// The body that creates an index. Throws as check().
  virtual Json create_body(const IndexSpec& spec) const = 0;

  /// The member of a _search body that asks for the nearest rows, "query" or
  /// "knn", as text.
  virtual std::string search_body(const SearchSpec& spec,
                                  Space space) const = 0;

  /// The path that loads an index's graphs into memory; none where the service
  /// has no such request.
  virtual std::optional<std::string> warm_up_path(
      const ServiceUrl& url) const = 0;

  /// The parameters by which a request for documents gets their vectors, too.
  virtual std::string vectors_too() const = 0;
};

/// The cosine of two vectors of length 1 that a hit's score stands for. Both
/// services score alike, whether they search the graph or exactly.
double cosine_of_score(double score, Space space);

/// Cosine does not hold a row of zeros.
inline bool holds_zero_rows(Space space) {
  return space != Space::kCosine;
}

/// Throws Error if there are more dimensions than `most`.
void check_dim(const ServiceInfo& service, const IndexSpec& spec,
               std::size_t most);

/// The dialect that a service speaks.
std::unique_ptr<const Dialect> dialect_of(const ServiceInfo& service);

/// The two there are: opensearch.cpp and elasticsearch.cpp.
std::unique_ptr<const Dialect> opensearch_dialect(const ServiceInfo& service);
std::unique_ptr<const Dialect> elasticsearch_dialect(
    const ServiceInfo& service);

}  // namespace imsearch
