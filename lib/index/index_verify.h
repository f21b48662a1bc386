// Whether what an index file says can be: Index::verify() for index.cpp.
#pragma once

#include "index/index.h"

namespace imsearch {

/// Reads the whole file and compares every checksum and bound. Throws Error
/// naming the section.
void verify_index(const Index::Impl& index);

}  // namespace imsearch
