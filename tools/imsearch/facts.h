// What a bug report needs to know of a machine and an installation.
#pragma once

#include <string>

namespace imsearch {

/// One JSON object: version and how it was built, system, CPU, kernel tables,
/// memory, engines that are installed, weights that are found, limits. Throws
/// Error, as where IMSEARCH_SIMD names a table that there is not.
std::string facts_json();

}  // namespace imsearch
