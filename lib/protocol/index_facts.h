// What served indexes say of themselves: JSON, and the tables of _cat.
#pragma once

#include "protocol/find.h"
#include "protocol/opened_index.h"

#include <string>

namespace imsearch {

/// How indexes are shown to clients.
struct ShownAs {
  FindParams find;
  std::string vector_field = "fvec";
  std::string version;  // of imsearch
};

/// GET /: who answers, in the form that clients look for.
std::string service_facts(const ShownAs& shown);

/// GET /NAME, or only "mappings" or "settings" of it (empty: all).
std::string index_facts(const ServedIndex& served, const ShownAs& shown,
                        const std::string& part);

/// _cat/indices as JSON, an object without brackets around it; and as a line of
/// the table.
std::string cat_object(const ServedIndex& served);
std::vector<std::string> cat_fields(const ServedIndex& served);
/// The names of those fields.
const std::vector<std::string>& cat_columns();

/// "12.3gb", as services print sizes.
std::string service_bytes(double bytes);

}  // namespace imsearch
