// Opening the index that -i names.
#pragma once

#include "index/index.h"

#include <string>
#include <vector>

namespace imsearch {

/// As Index's constructor; where there is no such file, the error says how to
/// get one.
Index open_index(const std::string& path,
                 IndexAccess access = IndexAccess::kMapped);

/// All files that the index reads: its own, and its vectors where they are
/// used.
std::vector<std::string> files_of(const Index& index);

}  // namespace imsearch
