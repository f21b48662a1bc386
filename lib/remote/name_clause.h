// Rules of names (io/name_filter.h) as a clause of a service's query language.
#pragma once

#include "base/search.h"

#include <string>

namespace imsearch {

/// JSON of a clause that matches rows whose names pass `rules` and that match
/// `filter`, a clause itself unless empty; empty where neither asks anything. A
/// name that is not UTF-8 is compared as the service holds it: with U+FFFD for
/// each malformed byte. Throws Error as NameFilter::regular_forms().
std::string name_clause(const NameRules& rules, const std::string& filter);

}  // namespace imsearch
