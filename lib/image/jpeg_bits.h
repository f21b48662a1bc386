// The bits of a JPEG's entropy-coded data, highest first, without the bytes
// that are stuffed after each 0xff. They are unstuffed into a small buffer
// ahead of their reading, so that reading checks nothing: neither stuffing, nor
// the end, nor markers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace imsearch {

/// Up to 63 bits that come next. Cheap to copy: loops keep one in registers.
class BitWindow {
 public:
  /// At least that many bits are there after a refill().
  static constexpr int kReady = 56;

  BitWindow() = default;
  explicit BitWindow(const std::uint8_t* next) : next_(next) {}

  /// Reads 8 bytes ahead.
  void refill() {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, next_, sizeof bytes);
    bits_ |= __builtin_bswap64(bytes) >> count_;
    next_ += (63 - count_) >> 3;
    count_ |= kReady;
  }

  /// The next `count` bits, 1 to 32, as a number. They stay.
  std::uint32_t peek(int count) const {
    return static_cast<std::uint32_t>(bits_ >> (64 - count));
  }

  void skip(int count) {
    bits_ <<= count;
    count_ -= count;
  }

  /// The next `count` bits, 0 to 32.
  std::uint32_t take(int count) {
    const auto bits = static_cast<std::uint32_t>(bits_ >> 1 >> (63 - count));
    skip(count);
    return bits;
  }

  /// The byte of the next bit.
  const std::uint8_t* place() const { return next_ - ((count_ + 7) >> 3); }

  /// How many bits stand before `end`; less than none where it was passed.
  std::ptrdiff_t left(const std::uint8_t* end) const {
    return (end - next_) * 8 + count_;
  }

  /// Goes on at the same bit of a copy of the bytes, of which `place` is the
  /// one that was at place().
  void move_to(const std::uint8_t* place) {
    const int used = -count_ & 7;
    *this = BitWindow(place);
    refill();
    skip(used);
  }

  /// Undoes a skip of `count` bits, of which none was taken before the last
  /// refill.
  void back(int count) {
    count_ += count;
    move_to(place());
  }

 private:
  std::uint64_t bits_ = 0;
  int count_ = 0;
  const std::uint8_t* next_ = nullptr;  // a bit beyond the window is in it
};

/// The data of one scan.
class ScanBits {
 public:
  /// Bytes that may be read between two calls of ready(), those that refill()
  /// reads ahead included.
  static constexpr std::size_t kAhead = 2048;

  /// `data`: from the end of the scan's header to the end of the file. It must
  /// outlive this.
  explicit ScanBits(std::string_view data);
  ScanBits(const ScanBits&) = delete;
  ScanBits& operator=(const ScanBits&) = delete;

  BitWindow window;

  /// Makes kAhead more bytes readable: zeros where a marker stands. False if
  /// more bits were read than stood before it.
  bool ready() { return window.place() < enough_ || fill(); }

  /// Whether less than a byte is left before a marker, and it is this one. If
  /// so, the bits behind it come next.
  bool pass(std::uint8_t marker);

  /// Whether less than a byte is left before a marker. If so, `data` become
  /// what begins with it.
  bool leave(std::string_view& data);

 private:
  bool fill();
  void unstuff();
  void begin_segment();

  const std::uint8_t* in_;
  const std::uint8_t* in_end_;
  bool at_marker_ = false;  // in_ is, or at the end of the file
  std::vector<std::uint8_t> buffer_;
  std::uint8_t* end_ = nullptr;           // of what was unstuffed
  const std::uint8_t* enough_ = nullptr;  // before it, kAhead bytes are there
};

/// Counts units of blocks from one restart to the next.
class RestartCounter {
 public:
  /// `interval`: units; 0: no restarts.
  explicit RestartCounter(std::size_t interval) : interval_(interval) {}

  /// Before each unit: whether a marker comes first.
  bool due() {
    if (interval_ == 0) return false;
    if (since_++ < interval_) return false;
    since_ = 1;
    return true;
  }

  /// The next marker.
  std::uint8_t marker() {
    constexpr std::size_t kFirst = 0xd0;
    constexpr std::size_t kCount = 8;
    return static_cast<std::uint8_t>(kFirst + passed_++ % kCount);
  }

 private:
  std::size_t interval_;
  std::size_t since_ = 0;
  std::size_t passed_ = 0;
};

}  // namespace imsearch
