// What a file is that was given as an index and is none of ours.
#pragma once

#include <string>
#include <string_view>

namespace imsearch {

/// A text for an error: "an hnswlib index of 60 rows, ...". `file` is the whole
/// file.
std::string describe_foreign(std::string_view file);

}  // namespace imsearch
