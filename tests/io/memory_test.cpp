#include "io/memory.h"

#include "support/temp_dir.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <limits>

using namespace imsearch;
using imsearch::test::TempDir;

namespace {

/// Whether a limit 300 MB above what is used now, of the address space or of
/// data alone, leaves no more than that, and less once 100 MB are taken.
bool falls_as_memory_is_taken(bool address_space) {
  constexpr std::uint64_t kMegabyte = 1 << 20;
  const auto resource = address_space ? RLIMIT_AS : RLIMIT_DATA;
  const rlimit generous = {std::uint64_t{1} << 40, RLIM_INFINITY};
  if (::setrlimit(resource, &generous) != 0) return false;
  const std::uint64_t used = generous.rlim_cur - limited_memory_bytes();
  const rlimit tight = {used + 300 * kMegabyte, RLIM_INFINITY};
  if (::setrlimit(resource, &tight) != 0) return false;
  const std::uint64_t before = available_memory_bytes();
  if (before > 300 * kMegabyte || before < 290 * kMegabyte) return false;
  void* taken = ::mmap(nullptr, 100 * kMegabyte, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (taken == MAP_FAILED) return false;
  const std::uint64_t after = available_memory_bytes();
  return before - after >= 100 * kMegabyte && before - after < 110 * kMegabyte;
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("without limits, what the system has available counts") {
    const TempDir root;
    CHECK(available_memory_below(root.path()) ==
          std::numeric_limits<std::uint64_t>::max());
    root.write("proc/meminfo",
               "MemTotal:       100 kB\nMemAvailable:    64 kB\n");
    CHECK(available_memory_below(root.path()) == 64 * 1024);
  }

  TEST_CASE("the tightest cgroup on the way to the root counts (v2)") {
    const TempDir root;
    root.write("proc/meminfo", "MemAvailable: 1000000 kB\n");
    root.write("proc/self/cgroup", "0::/a.slice/b.scope\n");
    const std::string groups = "sys/fs/cgroup/";
    root.write(groups + "a.slice/b.scope/memory.max", "max\n");
    root.write(groups + "a.slice/b.scope/memory.current", "10\n");
    CHECK(available_memory_below(root.path()) == 1024000000);
    root.write(groups + "a.slice/memory.max", "9000\n");
    root.write(groups + "a.slice/memory.current", "4000\n");
    CHECK(available_memory_below(root.path()) == 5000);
    // Pages of files that were not used lately are given back when needed.
    root.write(groups + "a.slice/memory.stat",
               "anon 100\ninactive_file 3000\nactive_file 1\n");
    CHECK(available_memory_below(root.path()) == 8000);
    root.write(groups + "a.slice/b.scope/memory.max", "10\n");
    CHECK(available_memory_below(root.path()) == 0);
  }

  TEST_CASE("limits of cgroup v1 count, in a container too") {
    const TempDir root;
    root.write("proc/meminfo", "MemAvailable: 1000000 kB\n");
    // In a container the path is the host's, the mount shows its end alone.
    root.write("proc/self/cgroup",
               "12:cpu,cpuacct:/docker/1\n5:memory:/docker/1\n0::/\n");
    root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "7000\n");
    root.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "2000\n");
    CHECK(available_memory_below(root.path()) == 5000);
    root.write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "6000\n");
    root.write("sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes", "5999\n");
    CHECK(available_memory_below(root.path()) == 1);
  }

  TEST_CASE("fault 10: what is possible is the limit less what is held") {
    const TempDir root;
    root.write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 10 kB\n");
    root.write("proc/self/status", "VmRSS: 400 kB\nRssAnon: 100 kB\n");
    CHECK(possible_memory_below(root.path()) == 900 * 1024);
    root.write("proc/self/cgroup", "0::/a\n");
    root.write("sys/fs/cgroup/a/memory.max", "204800\n");
    root.write("sys/fs/cgroup/a/memory.current", "204800\n");
    CHECK(possible_memory_below(root.path()) == 100 * 1024);
  }

  TEST_CASE("fault 10: the limits of this process count") {
    // In a process of its own: a limit of the memory that there is would hold
    // for all tests after it.
    for (const bool all : {true, false}) {
      CAPTURE(all);
      const pid_t child = ::fork();
      if (child == 0) ::_exit(falls_as_memory_is_taken(all) ? 0 : 1);
      int status = 0;
      ::waitpid(child, &status, 0);
      CHECK(status == 0);
    }
  }

  TEST_CASE("this process has some memory left") {
    CHECK(available_memory_bytes() > 1000000);
  }
}
