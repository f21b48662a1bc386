#include "image/jpeg_segments.h"

#include <algorithm>
#include <numeric>

namespace imsearch {
namespace {

constexpr std::uint8_t kCodeSegment = 0xc4;
constexpr std::uint8_t kScanSegment = 0xda;
constexpr std::uint8_t kImageEnd = 0xd9;

std::uint8_t byte(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

bool read_codes(std::string_view segment, ScanTables& tables) {
  constexpr std::size_t kCounts = 16;
  while (!segment.empty()) {
    if (segment.size() <= kCounts) return false;
    const std::size_t kind = byte(segment, 0) >> 4;
    const std::size_t index = byte(segment, 0) & 15;
    if (kind > 1 || index >= kCodes) return false;
    HuffmanCode code;
    for (std::size_t i = 1; i <= kCounts; ++i)
      code.counts[i] = byte(segment, i);
    const auto words = static_cast<std::size_t>(
        std::accumulate(code.counts.begin(), code.counts.end(), 0));
    segment.remove_prefix(1 + kCounts);
    if (words > code.symbols.size() || words > segment.size()) return false;
    std::copy_n(segment.begin(), words, code.symbols.begin());
    segment.remove_prefix(words);
    (kind == 0 ? tables.first : tables.others)[index] = code;
  }
  return true;
}

}  // namespace

SegmentReader::Next SegmentReader::read(std::string_view& data,
                                        ScanTables& tables,
                                        ScanHeader& scan) const {
  constexpr std::size_t kMarkerBytes = 2;
  constexpr std::size_t kLengthBytes = 2;
  while (data.size() >= kMarkerBytes && byte(data, 0) == 0xff) {
    const std::uint8_t marker = byte(data, 1);
    data.remove_prefix(kMarkerBytes);
    if (marker == kImageEnd) return Next::kEnd;
    if (data.size() < kLengthBytes) break;
    const std::size_t length = byte(data, 0) * std::size_t{256} + byte(data, 1);
    if (length < kLengthBytes || length > data.size()) break;
    const auto segment = data.substr(kLengthBytes, length - kLengthBytes);
    data.remove_prefix(length);
    if (marker == kScanSegment)
      return read_scan(segment, scan) ? Next::kScan : Next::kError;
    if (marker != kCodeSegment || !read_codes(segment, tables)) break;
  }
  return Next::kError;
}

bool SegmentReader::read_scan(std::string_view segment,
                              ScanHeader& scan) const {
  if (segment.empty()) return false;
  const std::size_t planes = byte(segment, 0);
  if ((planes != 1 && planes != planes_) || segment.size() != 4 + 2 * planes)
    return false;
  scan = {};
  scan.all_planes = planes == planes_;
  for (std::size_t i = 0; i < planes; ++i) {
    const auto* begin = ids_.begin();
    const auto* end = begin + planes_;
    const auto* id = std::find(begin, end, byte(segment, 1 + 2 * i));
    const auto plane = static_cast<std::size_t>(id - begin);
    if (id == end || (scan.all_planes && plane != i)) return false;
    scan.plane = plane;
    const std::uint8_t codes = byte(segment, 2 + 2 * i);
    scan.first_codes[plane] = codes >> 4;
    scan.other_codes[plane] = codes & 15;
  }
  const std::string_view rest = segment.substr(1 + 2 * planes);
  scan.first = byte(rest, 0);
  scan.last = byte(rest, 1);
  scan.known = byte(rest, 2) >> 4;
  scan.bit = byte(rest, 2) & 15;
  return true;
}

}  // namespace imsearch
