// Progress on standard error. On a terminal a line is drawn over itself five
// times a second; in a log, where that would be a mess, a plain line comes
// every half minute. Work that ends before the first of them shows none.
#include "common/progress_line.h"

#include "common/cli.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace imsearch::cli {
namespace {

constexpr double kTerminalPeriod_s = 0.2;
constexpr double kPlainPeriod_s = 30;

/// Whether the line can be drawn over itself: Emacs's shell, among others, is a
/// terminal without that and says so.
bool redraws() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 &&
         (term == nullptr || std::string(term) != "dumb");
}

}  // namespace

ProgressLine::ProgressLine(std::string label, std::size_t total, bool quiet)
    : label_(std::move(label)),
      total_(total),
      quiet_(quiet),
      terminal_(redraws()),
      next_s_(terminal_ ? kTerminalPeriod_s : kPlainPeriod_s) {}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::update(std::size_t done) {
  if (quiet_) return;
  const double elapsed_s = watch_.seconds();
  if (elapsed_s < next_s_) return;
  next_s_ = elapsed_s + (terminal_ ? kTerminalPeriod_s : kPlainPeriod_s);
  const std::string text = progress_text(label_, done, total_, elapsed_s);
  if (!terminal_) return say(text);
  drawn_ = true;
  // \x1b[K clears what a longer text has left on the line.
  std::fputs(fmt::format("\r{}: {}\x1b[K", tool_name(), text).c_str(), stderr);
}

OnProgress ProgressLine::callback() {
  return [this](std::size_t done) { update(done); };
}

void ProgressLine::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace imsearch::cli
