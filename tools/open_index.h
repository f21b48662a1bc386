// Opening the index that -i names.
#pragma once

#include "index/index.h"

#include <string>

namespace imsearch {

/// As Index's constructor; where there is no such file, the error says how to
/// get one.
Index open_index(const std::string& path, Access access = Access::kMapped);

}  // namespace imsearch
