// A file descriptor that is closed when it goes.
#pragma once

#include <unistd.h>

#include <utility>

namespace imsearch {

/// Owns one descriptor, or none (a negative number, as a failed open() gives).
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  /// Gives it up without closing it.
  int release() { return std::exchange(fd_, -1); }
  /// Closes it and takes another.
  void reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);
  }

 private:
  int fd_;
};

}  // namespace imsearch
