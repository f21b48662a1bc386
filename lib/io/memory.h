// How much memory this process may still use, and how much it has taken.
//
// build-index asks before it starts, extract and query before they decode a
// large picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch {

/// Memory that this process may still use: what the system has available and
/// what its cgroups and its own limits (setrlimit(2)) allow, whichever is less.
/// The greatest number if nothing of that can be read. It takes some 0.1 ms.
std::uint64_t available_memory_bytes();

/// The least of what the system has available (proc(5), MemAvailable) and what
/// each cgroup of this process, up to the root, still allows (cgroups(7), v1
/// and v2). `root` is put before /proc and /sys. The greatest number if nothing
/// can be read.
std::uint64_t available_memory_below(const std::string& root);

/// Memory that this process could use beside what it holds, if no other process
/// used any: of the system's, its cgroups' and its own limits the least.
std::uint64_t possible_memory_bytes();
/// As possible_memory_bytes(), but without the process's own limits, and with
/// /proc and /sys below `root`.
std::uint64_t possible_memory_below(const std::string& root);

/// What this process's own limits still allow (RLIMIT_AS, RLIMIT_DATA). The
/// greatest number without any.
std::uint64_t limited_memory_bytes();

/// The most physical memory that this process has held at a time, in bytes
/// (VmHWM: since it was started by exec, unlike getrusage's figure). 0 where
/// the system does not say.
std::size_t peak_memory_bytes();

}  // namespace imsearch
