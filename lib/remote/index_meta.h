// What an index at a service says of itself: the mapping's _meta.imsearch.
#pragma once

#include "io/sidecar.h"
#include "remote/service.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace imsearch {

/// How vectors are compared there. All rows and queries have length 1, so all
/// three rank alike; they differ in what the score is, and in zero rows, which
/// only l2 gives the similarity they have here.
enum class Space { kCosine, kL2, kInnerProduct };

struct IndexMeta {
  std::size_t dim = 0;
  ModelIdentity model;
  Space space = Space::kCosine;
  std::string engine;  // "lucene", "faiss"; Elasticsearch has but one
  std::string tool_version;

  /// Rows 0 … rows - 1 are there, but for those deleted or refused since.
  std::size_t rows = 0;
  /// While a load is unfinished: what it will have brought the rows to.
  std::optional<std::size_t> loading_to;
  /// Of the vectors and the names of the first `known_rows` rows; where a load
  /// is unfinished, of what it loads.
  std::size_t known_rows = 0;
  std::uint64_t vectors_fingerprint = 0;
  std::uint64_t names_fingerprint = 0;
  /// What to set once the load is finished.
  std::size_t replicas = 0;
  std::optional<std::string> refresh_interval;  // none: the service's default
};

/// "cosine", "l2", "innerproduct".
std::string to_text(Space space);
/// Throws Error for another text.
Space space_from_text(const std::string& text);

Json to_json(const IndexMeta& meta);
/// Throws Error naming `where` and what is missing or malformed.
IndexMeta index_meta_from_json(const Json& json, const std::string& where);

/// The one in the answer to GET /INDEX/_mapping, if there is one.
std::optional<IndexMeta> meta_in(const Json& mapping_answer,
                                 const std::string& where);

}  // namespace imsearch
