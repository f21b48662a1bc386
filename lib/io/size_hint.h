// What a vector file of a wrong size could be instead.
#pragma once

#include "io/mapped_file.h"

#include <cstddef>
#include <string>

namespace imsearch {

/// The end of an error about a raw file of rows of `dim` floats: what the first
/// bytes or the size would fit, and the remedy, starting with "; ".
std::string size_hint(const MappedFile& file, std::size_t dim);

}  // namespace imsearch
