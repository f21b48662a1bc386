// Where the picture of a row is.
#pragma once

#include "index/index.h"

#include <cstdint>
#include <string>

namespace imsearch {

/// The path of the image of a row, as seen from the working folder. Names are
/// relative to the folder of the vectors, which the index records, and to the
/// working folder where the picture is not there. It may be gone. Any thread.
std::string picture_path(const Index& index, std::uint32_t row);

}  // namespace imsearch
