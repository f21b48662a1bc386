// Files in the container of an index (index/index_file.h) with something wrong
// in them, under checksums that are right.
#pragma once

#include "index/index_file.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace imsearch::test {

IndexHeader header_of(const std::string& file);

std::vector<SectionEntry> table_of(const std::string& file);

/// Puts header and table back with a checksum that is right.
void reseal(std::string& file, IndexHeader header,
            const std::vector<SectionEntry>& table);

/// The file with a section changed by `change`.
std::string with_changed(
    const std::string& whole, const std::string& section,
    const std::function<void(char* data, std::size_t size_bytes)>& change);

}  // namespace imsearch::test
