// The one exception type of imsearch.
//
// The library throws it with a finished text and never prints or exits; each
// tool's frame (tools/common/cli.h) catches it once and prints "tool: text".
// The text says where and what, in lower case and without a full stop, names
// the file or flag, gives both numbers of a mismatch, and the remedy when it is
// known:
//
//   fvecs.bin: 1204 bytes are not a whole number of rows of 1280 floats
//
// Whoever opens a file names it: a function that takes a path begins its errors
// with that path, one that takes bytes gives the reason alone, and its caller,
// who has the file, puts the name before it. load_input() alone takes a path
// and gives the reason: its callers list images by names of their own.
//
// Foreign exceptions are translated where the foreign library is called.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace imsearch {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown by work that noticed SIGINT (base/interrupt.h); the tool exits 130.
struct Interrupted : Error {
  Interrupted() : Error("interrupted") {}
};

/// Throws Error with the formatted text.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

/// The text of an errno value; unlike strerror(), safe to call from any thread.
inline std::string errno_text(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace imsearch
