// Patterns of names as users type them: with a path that a shell completed.
#pragma once

#include "base/search.h"
#include "index/index.h"

#include <string>
#include <vector>

namespace imsearch::cli {

/// The patterns (io/name_filter.h), and for each that is an absolute path below
/// a folder that the index's names count from also the path from there: names
/// of the index are mostly relative. These are the folders of its vectors, and
/// the working folder. Throws Error where that is gone.
std::vector<std::string> as_names(const Index& index,
                                  const std::vector<std::string>& patterns);
NameRules as_names(const Index& index, const NameRules& rules);

/// The rules as they were given: "--only a --only b --not c".
std::string text_of(const NameRules& rules);

}  // namespace imsearch::cli
