#include "common/standard_output.h"

#include "base/error.h"

#include <cerrno>
#include <cstdio>

namespace imsearch {

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    fail("standard output: {}", errno_text(errno));
}

void flush_output() {
  if (std::fflush(stdout) != 0) fail("standard output: {}", errno_text(errno));
}

}  // namespace imsearch
