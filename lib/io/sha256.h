// SHA-256 of files, for the identity of weights (FIPS 180-4, by nettle).
#pragma once

#include <string>

namespace imsearch {

/// 64 lower-case hex digits. Throws Error if the file cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace imsearch
