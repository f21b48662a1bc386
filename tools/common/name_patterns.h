// Patterns of names as users type them: with a path that a shell completed.
#pragma once

#include "base/search.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
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

/// How many of the patterns, given by `option`, match the name of a row that
/// is_there() is true for. Says of each of the others that it does not, and
/// what a name looks like.
std::size_t count_matching(
    const char* option, const std::vector<std::string>& patterns,
    const Index& index, const std::function<bool(std::uint32_t row)>& is_there);

/// The rules as they were given: "--only a --only b --not c".
std::string text_of(const NameRules& rules);

}  // namespace imsearch::cli
