// Clauses about names, as JSON. For sources of this room alone.
#pragma once

#include "protocol/json_reader.h"
#include "protocol/name_query.h"

namespace imsearch {

/// The clause {"term": {"name": "a.jpg"}}, and so on: term, terms, prefix,
/// wildcard, ids, match_all and bool. `clauses` counts them, over the whole
/// request. Throws RequestError.
NameQuery read_clause(JsonValue clause, std::size_t& clauses);

}  // namespace imsearch
