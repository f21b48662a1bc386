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
// Foreign exceptions are translated where the foreign library is called.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
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

/// The text of an errno value; safe to call from any thread.
std::string errno_text(int error_number);

}  // namespace imsearch
