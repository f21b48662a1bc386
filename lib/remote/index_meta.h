// How an index at a service is made, and what it says of itself: the mapping's
// _meta.imsearch.
#pragma once

#include "io/sidecar.h"
#include "remote/service.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace imsearch {

/// How vectors are compared there. All rows and queries have length 1, so all
/// three rank alike. They differ in how a cosine becomes a score, and in rows
/// of zeros: cosine refuses them, and only l2 gives them the similarity that an
/// index file does.
enum class Space { kCosine, kL2, kInnerProduct };

/// "cosine", "l2", "innerproduct".
std::string to_text(Space space);
/// OpenSearch's word for it, in mappings: "cosinesimil" for cosine.
const char* opensearch_space(Space space);
/// Throws Error for another text.
Space space_from_text(const std::string& text);

/// How an index at a service is made.
struct IndexSpec {
  std::size_t dim = 0;
  std::string engine = "lucene";  // of OpenSearch, where there is "faiss", too
  Space space = Space::kCosine;
  std::size_t M = 48;
  std::size_t ef_construction = 128;
  std::size_t ef = 256;  // of queries that do not say; OpenSearch's alone
  std::size_t compression =
      1;  // searched vectors have so many times fewer bytes
  std::size_t shards = 1;
  std::size_t replicas = 0;  // once it is loaded
};

/// What an index says of itself.
struct IndexMeta {
  IndexSpec spec;
  ModelIdentity model;
  std::string tool_version;

  /// Rows 0 … rows - 1 are there, but for those deleted or refused since.
  std::size_t rows = 0;
  /// While a load is unfinished: what it will have brought the rows to.
  std::optional<std::size_t> loading_to;
  /// The fingerprints are those of the vectors and the names of the first
  /// `known_rows` rows: of all that was loaded, or, while a load is unfinished,
  /// of all that it will have loaded.
  std::size_t known_rows = 0;
  std::uint64_t vectors_fingerprint = 0;
  std::uint64_t names_fingerprint = 0;
  /// Rows that a search could find before an unfinished load.
  std::size_t rows_before = 0;
  /// What to set once the load is finished, beside the replicas.
  std::optional<std::string> refresh_interval;  // none: the service's default
};

Json to_json(const IndexMeta& meta);
/// Throws Error naming `where` and what is missing or malformed.
IndexMeta index_meta_from_json(const Json& json, const std::string& where);

/// The meta in the answer to GET /INDEX/_mapping; none where there is none, so
/// that push did not make the index. Throws Error as index_meta_from_json().
std::optional<IndexMeta> meta_in(const Json& mapping_answer,
                                 const std::string& where);

}  // namespace imsearch
