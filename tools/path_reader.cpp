#include "path_reader.h"

#include "base/error.h"
#include "base/interrupt.h"

#include <sys/types.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace imsearch {

std::optional<std::string> PathReader::next() {
  char* line = nullptr;
  std::size_t capacity = 0;
  const ssize_t size =
      ::getdelim(&line, &capacity, static_cast<char>(separator_), stdin);
  const int error = errno;
  const std::unique_ptr<char, decltype(&std::free)> owner(line, std::free);
  if (size < 0) {
    check_interrupt();
    if (std::feof(stdin) != 0) return std::nullopt;
    fail("standard input: {}", errno_text(error));
  }
  std::string path(line, static_cast<std::size_t>(size));
  if (path.back() == static_cast<char>(separator_)) path.pop_back();
  return path;
}

}  // namespace imsearch
