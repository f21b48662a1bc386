// Limits that the system has set on a group of processes, as containers, batch
// systems and service managers do (cgroups(7), versions 1 and 2).
//
// Every function here puts `root` before /proc and /sys: a test keeps a system
// of its own there, and all other callers give "".
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// The folder of one group's limits.
struct Cgroup {
  std::string folder;
  bool unified = false;  // version 2
};

/// The groups of this process that may limit what `controller` ("memory",
/// "cpu") is about: its own and those around it, up to the root, of both
/// versions. Some of the folders may not exist: in a container the path is the
/// host's, and only its end can be seen.
std::vector<Cgroup> cgroups_of(const std::string& controller,
                               const std::string& root);

/// CPUs whose time this process may use at most, rounded up: the least of its
/// groups' quotas. Nothing where there is no quota.
std::optional<unsigned> cpu_quota_below(const std::string& root);

/// The text of a file of /proc or /sys; empty where it can't be read.
std::string system_text(const std::string& path);

}  // namespace imsearch
