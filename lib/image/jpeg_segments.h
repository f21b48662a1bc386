// What stands between the scans of a progressive JPEG: new codes, and which
// part of the coefficients comes next (ITU T.81, annex B).
#pragma once

#include "image/image.h"
#include "image/jpeg_huffman.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// Which coefficients a scan brings, and which of their bits.
struct ScanHeader {
  bool all_planes = false;
  std::size_t plane = 0;  // where it is one
  unsigned first = 0;     // coefficient, in zigzag order, and the last
  unsigned last = 0;
  int known = 0;  // the lowest bit of an earlier scan, 0: there was none
  int bit = 0;    // the lowest bit now
  std::array<std::uint8_t, kChannels> first_codes = {};  // of each plane
  std::array<std::uint8_t, kChannels> other_codes = {};
};

constexpr std::size_t kCodes = 4;  // of a kind, at a time

struct ScanTables {
  std::array<HuffmanCode, kCodes> first;
  std::array<HuffmanCode, kCodes> others;
};

/// Reads segments, of which the first begins `data`. Anything but codes and
/// scans is an error here, and so is what is not as it should be.
class SegmentReader {
 public:
  enum class Next { kScan, kEnd, kError };

  /// `ids`: of the planes, in their order.
  SegmentReader(std::size_t planes,
                const std::array<std::uint8_t, kChannels>& ids)
      : planes_(planes), ids_(ids) {}

  /// Up to the data of the next scan, before which `data` then begins, or to
  /// the end of the image.
  Next read(std::string_view& data, ScanTables& tables, ScanHeader& scan) const;

 private:
  bool read_scan(std::string_view segment, ScanHeader& scan) const;

  std::size_t planes_;
  std::array<std::uint8_t, kChannels> ids_;
};

}  // namespace imsearch
