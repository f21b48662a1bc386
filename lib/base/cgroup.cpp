// Which control groups hold this process, and how much CPU time they give it.
// A limit may be set on any group on the way up to the root, so all of them are
// asked and the least one counts: a container's own group often has none, while
// the service around it does.
#include "base/cgroup.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

namespace imsearch {
namespace {

/// The groups at `path` and above it.
void add_along(const std::string& mount, std::string path, bool unified,
               std::vector<Cgroup>& groups) {
  while (true) {
    if (path == "/") path.clear();
    groups.push_back({mount + path, unified});
    if (path.empty()) return;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

/// A line of /proc/self/cgroup: "0::/path" (v2) or "5:memory:/path" (v1).
void add_by_line(const std::string& line, const std::string& controller,
                 const std::string& root, std::vector<Cgroup>& groups) {
  const std::size_t first = line.find(':');
  const std::size_t second = line.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return;
  const std::string controllers = line.substr(first + 1, second - first - 1);
  const std::string path = line.substr(second + 1);
  const std::string mount = root + "/sys/fs/cgroup";
  if (controllers.empty())
    add_along(mount, path, true, groups);
  else if (("," + controllers + ",").find("," + controller + ",") !=
           std::string::npos)
    add_along(mount + "/" + controller, path, false, groups);
}

/// CPUs' worth of time that one group has; infinite where it says nothing.
double quota_of(const Cgroup& group) {
  std::istringstream text(
      group.unified ? system_text(group.folder + "/cpu.max")
                    : system_text(group.folder + "/cpu.cfs_quota_us") + " " +
                          system_text(group.folder + "/cpu.cfs_period_us"));
  double quota_us = 0;
  double period_us = 0;
  // "max" is not a number, and -1 is version 1's word for it.
  if (text >> quota_us >> period_us && quota_us > 0 && period_us > 0)
    return quota_us / period_us;
  return std::numeric_limits<double>::infinity();
}

}  // namespace

std::vector<Cgroup> cgroups_of(const std::string& controller,
                               const std::string& root) {
  std::vector<Cgroup> groups;
  std::istringstream lines(system_text(root + "/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);)
    add_by_line(line, controller, root, groups);
  return groups;
}

std::optional<unsigned> cpu_quota_below(const std::string& root) {
  double least = std::numeric_limits<unsigned>::max();
  for (const Cgroup& group : cgroups_of("cpu", root))
    least = std::min(least, quota_of(group));
  if (least >= std::numeric_limits<unsigned>::max()) return {};
  // Rounded up: half a CPU still needs a thread to spend it.
  return static_cast<unsigned>(std::ceil(least));
}

std::string system_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace imsearch
