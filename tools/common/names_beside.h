// Where the names of a file of vectors are, unless the user says so.
#pragma once

#include <string>

namespace imsearch {

/// fnames.txt beside fvecs.bin, fnames.txt.3-of-8 beside fvecs.bin.3-of-8, and
/// so on. Throws Error for vectors of other names, with `remedy`, and those
/// that are not there.
std::string names_beside(
    const std::string& vectors,
    const std::string& remedy = "-n says where its names are");

/// Throws Error: no such file of vectors, and where to get one.
[[noreturn]] void fail_missing_vectors(const std::string& vectors);

}  // namespace imsearch
