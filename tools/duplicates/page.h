// Groups of duplicates as a page.
#pragma once

#include "duplicates/finder.h"
#include "duplicates/library.h"

#include <string>
#include <vector>

namespace imsearch {

/// Throws UsageError if `page` would replace something that is read, Error if
/// there is no folder for it: before anything is compared.
void check_page(const Library& library, const std::string& page);

/// Writes the groups to `page`, and says how many pictures are not there,
/// unless `quiet`. Throws Error.
void write_page(const Library& library,
                const std::vector<DuplicateGroup>& groups,
                const std::string& page, bool quiet);

}  // namespace imsearch
