// A file in memory, for readers that map what they read, many times a second.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace imsearch::test {

/// Replaces the content of the process's one such file; gives its path.
inline const std::string& memory_file(std::string_view bytes) {
  static const int file = ::memfd_create("memory_file", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (::ftruncate(file, 0) != 0 ||
      ::pwrite(file, bytes.data(), bytes.size(), 0) !=
          static_cast<ssize_t>(bytes.size()))
    std::abort();
  return path;
}

}  // namespace imsearch::test
