// Progress on standard error. On a terminal a line is drawn over itself five
// times a second; in a log, where that would be a mess, a plain line comes
// every half minute. Work that ends before the first of them shows none.
//
// Signals are for the threads that work: the one that draws blocks them all.
#include "common/progress_line.h"

#include "common/cli.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace imsearch::cli {
namespace {

using Seconds = std::chrono::duration<double>;

// A short run ends without a line, and nobody waits for a second without one.
constexpr Seconds kFirstDrawn(0.5);  // after the start of the process
constexpr Seconds kTerminalPeriod(0.2);
constexpr Seconds kPlainPeriod(30);

const Stopwatch process_watch;

/// Of standard error, which messages and one progress line share.
std::mutex standard_error;
bool line_is_drawn = false;

/// Whether the line can be drawn over itself: Emacs's shell, among others, is a
/// terminal without that and says so.
bool redraws() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 &&
         (term == nullptr || std::string(term) != "dumb");
}

/// Characters that fit in a line now; the window may change its size. The last
/// place stays free: a character there makes some terminals go on below.
std::size_t line_columns() {
  constexpr std::size_t kUsual = 80;
  winsize size = {};
  const bool known =
      ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return (known ? size.ws_col : kUsual) - 1;
}

/// standard_error must be held.
std::string taking_line_away() {
  // \x1b[K clears to the end of the line.
  return std::exchange(line_is_drawn, false) ? "\r\x1b[K" : "";
}

}  // namespace

ProgressLine::ProgressLine(std::string label, std::size_t total, bool quiet,
                           std::size_t before)
    : label_(std::move(label)),
      total_(total),
      before_(before),
      terminal_(redraws()),
      done_(before) {
  if (quiet) return;
  sigset_t all;
  sigset_t old;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &old);
  try {
    thread_ = std::thread([this] { show_until_ended(); });
  } catch (const std::system_error&) {
    // There is no room for another thread: the work matters more.
  }
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

ProgressLine::~ProgressLine() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  end_comes_.notify_one();
  thread_.join();
  write_message("");
}

OnProgress ProgressLine::callback() {
  return [this](std::size_t done) { update(done); };
}

void ProgressLine::show_until_ended() {
  std::unique_lock lock(mutex_);
  Seconds wait = kPlainPeriod;
  // Steps that take a moment do not flicker by.
  if (terminal_)
    wait = std::max(kFirstDrawn - Seconds(process_watch.seconds()),
                    kTerminalPeriod);
  while (!end_comes_.wait_for(lock, wait, [this] { return ended_; })) {
    show();
    if (terminal_) wait = kTerminalPeriod;
  }
}

void ProgressLine::show() {
  const Progress now = progress();
  if (!terminal_) {
    if (now.done > 0 || now.total > 0) say(progress_text(now));
    return;
  }
  const std::lock_guard lock(standard_error);
  line_is_drawn = true;
  const std::string text =
      progress_text_within(line_columns(), tool_name(), now);
  std::fputs(("\r" + text + "\x1b[K").c_str(), stderr);
}

Progress ProgressLine::progress() const {
  return {label_, done_, total_, before_, watch_.seconds()};
}

void write_message(const std::string& text) {
  const std::lock_guard lock(standard_error);
  const std::string whole = taking_line_away() + text;
  // One call, so that messages of several threads or tools do not mix within a
  // line.
  if (!whole.empty()) std::fputs(whole.c_str(), stderr);
}

}  // namespace imsearch::cli
