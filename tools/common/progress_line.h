// Shows on stderr how far long work is: one line that is redrawn on a terminal,
// a plain line every 30 seconds elsewhere, nothing when quiet.
//
//   cli::ProgressLine line("images", names.size(), quiet);
//   line.update(done);       // now and then
//
// A thread draws it, so that work which is silent for long, in a library or in
// a system call, is shown as well: without a total it says what is done and for
// how long. It may be in use while messages are printed by say(): they take the
// line away, and it comes back below them.
#pragma once

#include "base/progress.h"
#include "base/stopwatch.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace imsearch::cli {

/// One piece of work. One at a time, which ends before another program of ours
/// or standard output writes to the same terminal.
class ProgressLine {
 public:
  /// `total` 0: it is not known, or nothing is counted, and then nothing is
  /// shown but on a terminal. `before`: how many of `total` an earlier run did.
  ProgressLine(std::string label, std::size_t total, bool quiet,
               std::size_t before = 0);
  /// Takes the line away, so that what follows starts clean.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// So many are done, with those before. Any thread.
  void update(std::size_t done) { done_ = done; }
  /// One more is done. Any thread.
  void add_one() { ++done_; }
  /// update() as the library's callback; must not outlive *this.
  OnProgress callback();

 private:
  void show_until_ended();
  void show();
  Progress progress() const;

  std::string label_;
  std::size_t total_;
  std::size_t before_;
  bool terminal_;
  std::atomic<std::size_t> done_;
  Stopwatch watch_;
  std::mutex mutex_;
  std::condition_variable end_comes_;
  bool ended_ = false;  // under the mutex
  std::thread thread_;  // none when quiet
};

/// Writes `text` to standard error, whole, instead of a progress line that is
/// there. Any thread.
void write_message(const std::string& text);

}  // namespace imsearch::cli
