// An index file, or one of changes, without what stands in a fuzzer's way: the
// padding before each section, and checksums, which no change of a byte would
// get past.
//
//   u8      flags, as below
//   80      the header; magic, byte order, version, counts and sums are not
//           looked at
//   u8      sections (64 at most are looked at)
//   24 x s  each: 16 bytes of name, u32 size, u32 by how much the offset is
//           wrong
//   bytes   of the sections, one after the other
#pragma once

#include "index/index_changes.h"

#include <string>
#include <string_view>

namespace imsearch::test {

inline constexpr unsigned kWrongFileBytes = 1;    // the header's, as they are
inline constexpr unsigned kWrongSectionSums = 2;  // 0
inline constexpr unsigned kWrongHeaderSum = 4;    // 0
inline constexpr unsigned kOtherBase = 8;         // changes: as they are

/// The index file that `packed` stands for, with right checksums; whatever the
/// bytes are. What is missing behind them is zero.
std::string unpack_index(std::string_view packed);

/// The changes that they stand for, of that index file.
std::string unpack_changes(std::string_view packed, const IndexHeader& base);

/// The inverse, of a good file.
std::string pack_index(std::string_view file);

}  // namespace imsearch::test
