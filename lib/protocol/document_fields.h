// Which members of documents a request wants, and which documents. For sources
// of this room alone.
#pragma once

#include "protocol/json_reader.h"
#include "protocol/search_request.h"

#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// The value of _source: true, false, a pattern, several, or includes and
/// excludes. None: no _source at all. Throws RequestError.
std::optional<DocumentFields> read_source(JsonValue value,
                                          const ServedFields& fields);

/// docvalue_fields, and Elasticsearch's fields. Throws RequestError for a field
/// that documents do not have.
DocumentFields read_fields(JsonValue value, std::string_view key,
                           const ServedFields& fields);
/// The same, as "name,name_base64".
DocumentFields fields_of_list(const std::string& list,
                              const ServedFields& fields);

/// Whether a parameter is about _source.
bool has_source_parameter(const Request& request);

/// A parameter that is a number up to `most`. Throws RequestError.
std::optional<std::size_t> count_parameter(const Request& request,
                                           std::string_view name,
                                           std::size_t most);

/// The index in the first line of a search of _msearch; empty: none. Throws
/// RequestError.
std::string index_of_header(std::string_view line);

}  // namespace imsearch
