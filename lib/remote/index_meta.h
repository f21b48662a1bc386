// What an index at a service says of itself: the mapping's _meta.imsearch.
#pragma once

#include "io/sidecar.h"
#include "remote/index_spec.h"
#include "remote/service.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace imsearch {

struct IndexMeta {
  IndexSpec spec;
  ModelIdentity model;
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
  /// Rows that a search could find before an unfinished load.
  std::size_t rows_before = 0;
  /// What to set once the load is finished, beside the replicas.
  std::optional<std::string> refresh_interval;  // none: the service's default
};

Json to_json(const IndexMeta& meta);
/// Throws Error naming `where` and what is missing or malformed.
IndexMeta index_meta_from_json(const Json& json, const std::string& where);

/// The one in the answer to GET /INDEX/_mapping, if there is one.
std::optional<IndexMeta> meta_in(const Json& mapping_answer,
                                 const std::string& where);

}  // namespace imsearch
