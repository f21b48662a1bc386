#include "io/memory.h"

#include "base/error.h"
#include "io/file.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <sstream>

namespace imsearch {
namespace {

constexpr auto kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::string text_of(const std::string& path) {
  try {
    return read_file(path);
  } catch (const Error&) {
    return {};  // no such cgroup, or no right to look
  }
}

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::istringstream text(text_of(path));
  std::uint64_t value = 0;
  if (text >> value) return value;
  return std::nullopt;  // missing, or "max"
}

/// The number after `key` in lines "key number".
std::uint64_t number_after(const std::string& key, const std::string& path) {
  std::istringstream text(text_of(path));
  std::string word;
  std::uint64_t value = 0;
  while (text >> word)
    if (word == key && text >> value) return value;
  return 0;
}

/// What one cgroup still allows. Pages of files that it has not used lately
/// count as used, but the kernel drops them when memory is wanted.
std::uint64_t left_in(const std::string& folder, const char* limit_file,
                      const char* usage_file) {
  const auto limit = number_in(folder + limit_file);
  const auto usage = number_in(folder + usage_file);
  if (!limit || !usage) return kUnlimited;
  const std::uint64_t files =
      number_after("inactive_file", folder + "/memory.stat");
  const std::uint64_t used = *usage - std::min(*usage, files);
  return *limit - std::min(*limit, used);
}

std::uint64_t left_along(const std::string& mount, std::string path,
                         const char* limit_file, const char* usage_file) {
  std::uint64_t left = kUnlimited;
  while (true) {
    if (path == "/") path.clear();
    left = std::min(left, left_in(mount + path, limit_file, usage_file));
    if (path.empty()) return left;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

/// A line of /proc/self/cgroup: "0::/path" (v2) or "5:memory:/path" (v1).
std::uint64_t left_by_line(const std::string& line, const std::string& root) {
  const std::size_t first = line.find(':');
  const std::size_t second = line.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos)
    return kUnlimited;
  const std::string controllers = line.substr(first + 1, second - first - 1);
  const std::string path = line.substr(second + 1);
  if (controllers.empty())
    return left_along(root + "/sys/fs/cgroup", path, "/memory.max",
                      "/memory.current");
  if (("," + controllers + ",").find(",memory,") == std::string::npos)
    return kUnlimited;
  return left_along(root + "/sys/fs/cgroup/memory", path,
                    "/memory.limit_in_bytes", "/memory.usage_in_bytes");
}

}  // namespace

std::uint64_t available_memory_below(const std::string& root) {
  std::uint64_t left = kUnlimited;
  const std::uint64_t system_kb =
      number_after("MemAvailable:", root + "/proc/meminfo");
  if (system_kb > 0) left = system_kb * 1024;
  std::istringstream groups(text_of(root + "/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);)
    left = std::min(left, left_by_line(line, root));
  return left;
}

std::uint64_t available_memory_bytes() {
  return available_memory_below("");
}

std::size_t peak_memory_bytes() {
  constexpr std::size_t kUnit = 1024;  // proc(5) calls it kB
  return number_after("VmHWM:", "/proc/self/status") * kUnit;
}

}  // namespace imsearch
