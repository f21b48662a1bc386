// Standard input, as its bytes and the paths in it come, and standard output,
// checked: results never get lost silently.
#pragma once

#include "io/fnames.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// Throws Error if the text can't be written; Interrupted from the first signal
/// on, also one that ended the wait for a slow reader.
void print(std::string_view text);

/// Hands what was printed to the reader now. Throws as print() does, also for
/// what was lost before: answers that were lost must not end with status 0.
void flush_output();

/// Reads what is there, at most `size_bytes`, waiting for a byte at least; 0 at
/// the end. Throws Error; Interrupted from the first signal on (where
/// catch_interrupts() was called), however short before the wait it came.
std::size_t read_input(char* to, std::size_t size_bytes);

/// Reads ahead: nothing else may read standard input beside it.
class PathReader {
 public:
  explicit PathReader(Separator separator) : separator_(separator) {}

  /// Waits for the next path; nothing at the end of the input. Throws Error;
  /// Interrupted if a SIGINT came before or while waiting.
  std::optional<std::string> next();

 private:
  Separator separator_;
  std::string bytes_;  // read, and not given out from begin_ on
  std::size_t begin_ = 0;
  bool ended_ = false;
};

}  // namespace imsearch
