// How much memory this process may still use.
#pragma once

#include <cstdint>
#include <string>

namespace imsearch {

/// The least of what the system has available (proc(5), MemAvailable) and what
/// each cgroup of this process, up to the root, still allows (cgroups(7), v1
/// and v2). `root` is put before /proc and /sys. The greatest number if nothing
/// can be read.
std::uint64_t available_memory_below(const std::string& root);

}  // namespace imsearch
