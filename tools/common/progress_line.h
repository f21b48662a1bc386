// Shows on stderr how far long work is: one line redrawn on a terminal, a plain
// line every 30 seconds elsewhere, nothing when quiet.
#pragma once

#include "base/progress.h"
#include "base/stopwatch.h"

#include <cstddef>
#include <string>

namespace imsearch::cli {

/// One piece of work; one thread at a time.
class ProgressLine {
 public:
  ProgressLine(std::string label, std::size_t total, bool quiet);
  /// Clears the redrawn line, so that what follows starts clean.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(std::size_t done);
  /// update() as the library's callback; must not outlive *this.
  OnProgress callback();
  /// Takes the redrawn line away, before another message is printed.
  void clear();

 private:
  std::string label_;
  std::size_t total_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  double next_s_;
  Stopwatch watch_;
};

}  // namespace imsearch::cli
