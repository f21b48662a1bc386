// The mappings that a handler of SIGBUS can tell apart.
//
// A signal handler may take no lock and free nothing, while other threads map
// and unmap files. So the ranges are nodes of a list that only grows: one that
// is no longer mapped stays, empty, and is used again for the next mapping.
#pragma once

#include <cstddef>
#include <string>

namespace imsearch {

struct MappedRange;

/// Makes these bytes known as those of the file `path`. Any thread.
MappedRange* add_mapped_range(const std::byte* begin, std::size_t size_bytes,
                              const std::string& path);

/// To be called before they are unmapped. Any thread.
void remove_mapped_range(MappedRange* range);

}  // namespace imsearch
