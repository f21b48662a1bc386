// Elapsed wall time on the steady clock, which nobody sets while it runs.
#pragma once

#include <chrono>

namespace imsearch {

class Stopwatch {
 public:
  Stopwatch() : start_(Clock::now()) {}

  double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  double milliseconds() const { return seconds() * 1e3; }
  double microseconds() const { return seconds() * 1e6; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_;
};

}  // namespace imsearch
