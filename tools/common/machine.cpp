// The machine and this process, as files under /proc describe them, for people
// who compare figures.
#include "common/machine.h"

#include "base/error.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace imsearch {
namespace {

/// The path as the kernel writes it in smaps: absolute, without links.
std::string mapped_path(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::weakly_canonical(path, ignored).string();
}

/// True for "7f0e…-7f0f… r--p 00000000 08:01 1234   /a/path", which begins the
/// lines of one mapping.
bool is_mapping(const std::string& line) {
  const std::size_t dash = line.find('-');
  return dash != std::string::npos && dash > 0 &&
         std::all_of(line.begin(),
                     line.begin() + static_cast<std::ptrdiff_t>(dash),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// Empty for memory without a file.
std::string path_of(const std::string& mapping) {
  const std::size_t slash = mapping.find('/');
  return slash == std::string::npos ? "" : mapping.substr(slash);
}

}  // namespace

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
      return line.substr(colon + 2);
  }
  return "unknown";
}

std::string build_type() {
  return IMSEARCH_BUILD_TYPE;
}

ResidentMemory resident_memory(const std::string& index,
                               const std::vector<std::string>& vectors) {
  const std::string index_path = mapped_path(index);
  std::set<std::string> vector_paths;
  for (const std::string& path : vectors)
    vector_paths.insert(mapped_path(path));
  std::ifstream smaps("/proc/self/smaps");
  if (!smaps) fail("/proc/self/smaps: cannot be read");
  ResidentMemory memory;
  std::string path;
  // A mapping's first line names its file; "Rss:" is among the lines below.
  for (std::string line; std::getline(smaps, line);) {
    if (is_mapping(line)) path = path_of(line);
    if (line.rfind("Rss:", 0) != 0) continue;
    const std::size_t bytes =
        std::strtoull(line.c_str() + 4, nullptr, 10) * 1024;
    memory.total += bytes;
    if (path == index_path) memory.index += bytes;
    if (vector_paths.count(path) != 0) memory.vectors += bytes;
  }
  return memory;
}

}  // namespace imsearch
