// What the kernel says of memory: /proc/meminfo, the memory controllers of this
// process's cgroups, v1 and v2, and getrlimit(2). The least of them counts.
//
// "Available" is what may be taken now, with caches that the kernel would drop;
// "possible" is what there would be if no other process used any, which tells a
// picture that has to wait from one that can never be decoded here. Everything
// is read from text files in some 0.1 ms: nothing to ask for every small
// picture.
#include "io/memory.h"

#include "base/cgroup.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <sstream>

namespace imsearch {
namespace {

constexpr auto kUnlimited = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kKilobyte = 1024;  // what proc(5) calls kB

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::istringstream text(system_text(path));
  std::uint64_t value = 0;
  if (text >> value) return value;
  return std::nullopt;  // missing, or "max"
}

/// The number after `key` in lines "key number", which /proc/meminfo,
/// /proc/self/status and memory.stat all have; 0 where the key is missing.
std::uint64_t number_after(const std::string& key, const std::string& path) {
  std::istringstream text(system_text(path));
  std::string word;
  std::uint64_t value = 0;
  while (text >> word)
    if (word == key && text >> value) return value;
  return 0;
}

std::optional<std::uint64_t> limit_of(const Cgroup& group) {
  return number_in(group.folder +
                   (group.unified ? "/memory.max" : "/memory.limit_in_bytes"));
}

/// What one cgroup still allows. Pages of files count as used, but the kernel
/// drops them when memory is wanted: those that were not used lately, and some
/// half of the others, as MemAvailable has it.
std::uint64_t left_in(const Cgroup& group) {
  const auto limit = limit_of(group);
  const auto usage =
      number_in(group.folder +
                (group.unified ? "/memory.current" : "/memory.usage_in_bytes"));
  // A group without a limit, or a folder that is not seen from a container.
  if (!limit || !usage) return kUnlimited;
  const std::string stat = group.folder + "/memory.stat";
  const std::uint64_t files = number_after("inactive_file", stat) +
                              number_after("active_file", stat) / 2;
  const std::uint64_t used = *usage - std::min(*usage, files);
  return *limit - std::min(*limit, used);
}

/// What a limit of setrlimit() still allows; `used_key`: what counts towards it
/// (proc(5), of /proc/self/status).
std::uint64_t left_of_limit(decltype(RLIMIT_AS) resource,
                            const std::string& used_key) {
  rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return kUnlimited;
  const std::uint64_t used =
      number_after(used_key, "/proc/self/status") * kKilobyte;
  return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used);
}

}  // namespace

std::uint64_t available_memory_below(const std::string& root) {
  std::uint64_t left = kUnlimited;
  const std::uint64_t system_kb =
      number_after("MemAvailable:", root + "/proc/meminfo");
  if (system_kb > 0) left = system_kb * kKilobyte;
  for (const Cgroup& group : cgroups_of("memory", root))
    left = std::min(left, left_in(group));
  return left;
}

std::uint64_t possible_memory_below(const std::string& root) {
  std::uint64_t limit = kUnlimited;
  const std::uint64_t system_kb =
      number_after("MemTotal:", root + "/proc/meminfo");
  if (system_kb > 0) limit = system_kb * kKilobyte;
  for (const Cgroup& group : cgroups_of("memory", root))
    limit = std::min(limit, limit_of(group).value_or(kUnlimited));
  // Anonymous memory alone: pages of files that this process maps can be
  // dropped.
  const std::uint64_t held =
      number_after("RssAnon:", root + "/proc/self/status") * kKilobyte;
  return limit - std::min(limit, held);
}

std::uint64_t possible_memory_bytes() {
  return std::min(possible_memory_below(""), limited_memory_bytes());
}

std::uint64_t limited_memory_bytes() {
  return std::min(left_of_limit(RLIMIT_AS, "VmSize:"),
                  left_of_limit(RLIMIT_DATA, "VmData:"));
}

std::uint64_t available_memory_bytes() {
  return std::min(available_memory_below(""), limited_memory_bytes());
}

std::size_t peak_memory_bytes() {
  return number_after("VmHWM:", "/proc/self/status") * kKilobyte;
}

}  // namespace imsearch
