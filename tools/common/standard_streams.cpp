// Standard input and output, with errors. Input is read with read(2), not
// stdio, so that a path is answered as soon as it is there and a signal ends
// the wait.
#include "common/standard_streams.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace imsearch {
namespace {

/// What waits for a slow reader, a pager for one, is woken by ^C: then that is
/// the reason, and no failure of the output.
[[noreturn]] void fail_to_write() {
  const int error = errno;
  if (error == EINTR) check_interrupt();
  fail("standard output: {}", errno_text(error));
}

}  // namespace

// In pieces that a pipe takes as a whole or not at all: a part that went
// through would hide that a signal ended the wait for the reader, and stdio
// would wait again.
void print(std::string_view text) {
  do {
    check_interrupt();
    const std::string_view piece = text.substr(0, PIPE_BUF);
    if (std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size())
      fail_to_write();
    text.remove_prefix(piece.size());
  } while (!text.empty());
}

void flush_output() {
  check_interrupt();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) fail_to_write();
}

std::size_t read_input(char* to, std::size_t size_bytes) {
  for (;;) {
    // A signal between the check and a plain read(2) would be noticed only at
    // the next input; wait_readable() waits for both.
    wait_readable(STDIN_FILENO);
    check_interrupt();
    const ssize_t got = ::read(STDIN_FILENO, to, size_bytes);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) fail("standard input: {}", errno_text(errno));
  }
}

std::optional<std::string> PathReader::next() {
  check_interrupt();
  constexpr std::size_t kRead = 65536;
  // Bytes before it hold no separator: a long path is not searched anew with
  // each read.
  std::size_t searched = begin_;
  for (;;) {
    const std::size_t end =
        bytes_.find(static_cast<char>(separator_), searched);
    if (end != std::string::npos) {
      std::string path = bytes_.substr(begin_, end - begin_);
      begin_ = end + 1;
      return path;
    }
    if (ended_) break;
    // Only now, when more is needed: erased after each path, a full buffer of
    // short ones would be moved for each of them.
    bytes_.erase(0, begin_);
    begin_ = 0;
    searched = bytes_.size();
    bytes_.resize(searched + kRead);
    const std::size_t got = read_input(bytes_.data() + searched, kRead);
    bytes_.resize(searched + got);
    ended_ = got == 0;
  }
  if (begin_ == bytes_.size()) return std::nullopt;
  std::string last = bytes_.substr(begin_);  // its end is missing
  begin_ = bytes_.size();
  return last;
}

}  // namespace imsearch
