// Bodies of the search protocol, read and checked: what is not understood is an
// error, never passed over.
//
// Two dialects: OpenSearch's, where the nearest are a clause of the query,
// {"query": {"knn": {"fvec": {"vector": […], "k": 10}}}}, and Elasticsearch's,
// {"knn": {"field": "fvec", "query_vector": […], "k": 10}}.
// Sources: OpenSearch documentation, "k-NN query" and "Search API"; the
// Elasticsearch reference, "k-nearest neighbor search".
#pragma once

#include "protocol/message.h"
#include "protocol/name_query.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// The most that one request may ask for: a service's own bounds.
inline constexpr std::size_t kMostHits = 10000;      // size, from, k, ef
inline constexpr std::size_t kMostSearches = 1000;   // in one _msearch
inline constexpr std::size_t kMostValues = 65536;    // of terms, of ids
inline constexpr std::size_t kMostClauses = 1024;    // of a query
inline constexpr std::size_t kLongestPattern = 256;  // of a wildcard
inline constexpr std::size_t kMostJsonBytes = 16 << 20;
inline constexpr std::size_t kJsonDepth = 32;

/// Which members of a document are wanted.
struct DocumentFields {
  bool name = false;
  bool name_base64 = false;
  bool vector = false;

  bool any() const { return name || name_base64 || vector; }
  static DocumentFields all() { return {true, true, true}; }
};

struct SearchRequest {
  /// The nearest of a vector; none: the rows that `filter` means, in order.
  std::vector<float> vector;
  bool exact = false;             // script_score: compare with every row
  std::size_t k = 10;             // neighbours to find
  std::optional<std::size_t> ef;  // candidates; none: the index's
  /// The scores' formula where the request says it: "l2", "cosinesimil", …
  std::string space;
  NameQuery filter;

  std::size_t size = 10;
  std::size_t from = 0;
  std::optional<double> min_score;
  bool total_as_number = false;  // rest_total_hits_as_int
  std::optional<DocumentFields> source = DocumentFields::all();
  DocumentFields fields;  // docvalue_fields

  bool is_nearest() const { return !vector.empty(); }
  /// Takes long, beside a walk through the graph: every row is looked at,
  /// many candidates are kept, or many numbers are written.
  bool takes_long() const {
    constexpr std::size_t kMany = 1000;
    const bool vectors = (source && source->vector) || fields.vector;
    return exact || !is_nearest() || filter.kind != NameQuery::Kind::kAll ||
           std::max(k, ef.value_or(0)) > kMany ||
           (vectors && size > kMany / 50);
  }
};

/// What requests are checked against.
struct ServedFields {
  std::string vector = "fvec";
  std::size_t dim = 0;
};

/// Reads a body, which may be empty, and the parameters beside it. Throws
/// RequestError with the reason.
SearchRequest read_search(const Request& request, const ServedFields& fields);

/// One search of an _msearch: two lines.
struct SearchLine {
  std::string index;  // that its header names; empty: the path's
  std::string body;   // for read_search()
};
/// Throws RequestError.
std::vector<SearchLine> read_search_lines(std::string_view body);

/// The body of _count: which rows. Throws RequestError.
NameQuery read_count(const Request& request, const ServedFields& fields);

/// One document that _mget asks for.
struct DocumentId {
  std::string index;  // empty: the path's
  std::string id;
};
/// Throws RequestError.
std::vector<DocumentId> read_ids(const Request& request);

/// What of documents _doc and _mget shall give, by their parameters. Throws
/// RequestError.
std::optional<DocumentFields> source_of_parameters(const Request& request,
                                                   const ServedFields& fields);

/// Throws RequestError for a parameter that is none of `known` or `repeatable`,
/// nor one of those that change nothing here ("pretty", "timeout", …); and for
/// one of `known` that is given twice.
void check_parameters(const Request& request,
                      std::initializer_list<std::string_view> known,
                      std::initializer_list<std::string_view> repeatable = {});

}  // namespace imsearch
