// The coefficients of a plane of a progressive JPEG, as its scans bring them.
#pragma once

#include "image/jpeg_huffman.h"
#include "image/jpeg_segments.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace imsearch {

struct CoefficientBlock {
  std::int16_t* values;  // natural order
  std::uint64_t& mask;   // of those that are not zero, but the first: zigzag
};

/// Of a plane, in blocks.
struct PlaneSides {
  std::size_t across;
  std::size_t down;
  // With those that only fill the last units.
  std::size_t padded_across;
  std::size_t padded_down;
};

/// Zeros that take no memory until they are written, so that a header's large
/// claim costs nothing until there is data behind it.
template <typename Value>
class ZeroedArray {
 public:
  explicit ZeroedArray(std::size_t count)
      : values_(static_cast<Value*>(std::calloc(count, sizeof(Value))),
                std::free) {
    if (values_ == nullptr) throw std::bad_alloc();
  }
  Value* data() const { return values_.get(); }

 private:
  std::unique_ptr<Value, void (*)(void*)> values_;
};

/// The coefficients of a plane, and how many of their bits are known.
class CoefficientPlane {
 public:
  explicit CoefficientPlane(const PlaneSides& sides)
      : sides_(sides),
        values_(sides.padded_across * sides.padded_down * kBlockSize),
        masks_(sides.padded_across * sides.padded_down) {
    lowest_.fill(kUnknown);
  }

  const PlaneSides& sides() const { return sides_; }

  CoefficientBlock block(std::size_t x, std::size_t y) {
    const std::size_t i = y * sides_.padded_across + x;
    return {values_.data() + i * kBlockSize, masks_.data()[i]};
  }

  /// Whether the scan is the next one for each of its coefficients, whose bits
  /// come from the highest on. It then counts as read.
  bool accept(const ScanHeader& scan) {
    if (scan.first > scan.last || scan.last >= kBlockSize) return false;
    if (scan.first == 0 && scan.last != 0) return false;
    if (scan.bit > kHighestBit ||
        (scan.known != 0 && scan.known != scan.bit + 1))
      return false;
    const int before = scan.known == 0 ? kUnknown : scan.known;
    for (unsigned i = scan.first; i <= scan.last; ++i) {
      if (lowest_[i] != before) return false;
      lowest_[i] = scan.bit;
    }
    return true;
  }

  bool whole() const {
    return std::all_of(lowest_.begin(), lowest_.end(),
                       [](int bit) { return bit == 0; });
  }

 private:
  static constexpr int kUnknown = -1;
  static constexpr int kHighestBit = 13;

  PlaneSides sides_;
  ZeroedArray<std::int16_t> values_;
  ZeroedArray<std::uint64_t> masks_;
  std::array<int, kBlockSize> lowest_ = {};  // bit that is known
};

}  // namespace imsearch
