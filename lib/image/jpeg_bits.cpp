// Unstuffing goes from one 0xff to the next, some 256 bytes of a photo: it
// takes a small part of the time that decoding takes.
#include "image/jpeg_bits.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::uint8_t kEscape = 0xff;
constexpr std::size_t kBufferBytes = std::size_t{1} << 15;

}  // namespace

ScanBits::ScanBits(std::string_view data)
    : in_(reinterpret_cast<const std::uint8_t*>(data.data())),
      in_end_(in_ + data.size()),
      buffer_(kBufferBytes + kAhead) {
  begin_segment();
}

void ScanBits::begin_segment() {
  at_marker_ = false;
  end_ = buffer_.data();
  enough_ = end_;
  window = BitWindow(end_);
}

bool ScanBits::fill() {
  if (at_marker_) return window.left(end_) >= 0;
  const std::uint8_t* place = window.place();
  const auto kept = static_cast<std::size_t>(end_ - place);
  std::memmove(buffer_.data(), place, kept);
  end_ = buffer_.data() + kept;
  unstuff();
  if (at_marker_) {
    std::memset(end_, 0, kAhead);
    enough_ = buffer_.data();  // from now on, each call looks how many are left
  } else {
    enough_ = end_ - kAhead;
  }
  window.move_to(buffer_.data());
  return true;
}

void ScanBits::unstuff() {
  const std::uint8_t* full = buffer_.data() + kBufferBytes;
  while (end_ < full && !at_marker_) {
    const auto most =
        static_cast<std::size_t>(std::min(full - end_, in_end_ - in_));
    const void* escape = most > 0 ? std::memchr(in_, kEscape, most) : nullptr;
    const std::size_t plain =
        escape != nullptr ? static_cast<std::size_t>(
                                static_cast<const std::uint8_t*>(escape) - in_)
                          : most;
    std::copy_n(in_, plain, end_);
    in_ += plain;
    end_ += plain;
    if (in_ == in_end_) {
      at_marker_ = true;
    } else if (escape != nullptr) {
      at_marker_ = in_end_ - in_ < 2 || in_[1] != 0;
      if (at_marker_) break;
      *end_++ = kEscape;
      in_ += 2;
    }
  }
}

bool ScanBits::leave(std::string_view& data) {
  if (!at_marker_) fill();
  const std::ptrdiff_t left = window.left(end_);
  if (!at_marker_ || left < 0 || left >= 8) return false;
  data = {reinterpret_cast<const char*>(in_),
          static_cast<std::size_t>(in_end_ - in_)};
  return true;
}

bool ScanBits::pass(std::uint8_t marker) {
  std::string_view rest;
  if (!leave(rest) || rest.size() < 2 || in_[1] != marker) return false;
  in_ += 2;
  begin_segment();
  return true;
}

}  // namespace imsearch
