// Which name was meant by one that does not exist.
#pragma once

#include <string>
#include <vector>

namespace imsearch::cli {

/// ": did you mean NAME?" with the one of `names` that takes the fewest edits
/// to make of `typed` (a letter more, less, other, or two exchanged), if those
/// are at most a third of its letters; else empty.
std::string did_you_mean(const std::string& typed,
                         const std::vector<std::string>& names);

}  // namespace imsearch::cli
