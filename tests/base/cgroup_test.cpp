#include "base/cgroup.h"

#include "base/parallel_for.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

using namespace imsearch;
using imsearch::test::TempDir;

TEST_SUITE("base") {
  TEST_CASE("fault 21: the tightest CPU quota up to the root counts (v2)") {
    const TempDir root;
    CHECK(!cpu_quota_below(root.path()));
    root.write("proc/self/cgroup", "0::/a.slice/b.scope\n");
    const std::string groups = "sys/fs/cgroup/";
    CHECK(!cpu_quota_below(root.path()));
    root.write(groups + "a.slice/b.scope/cpu.max", "max 100000\n");
    CHECK(!cpu_quota_below(root.path()));
    root.write(groups + "a.slice/cpu.max", "400000 100000\n");
    CHECK(cpu_quota_below(root.path()) == 4);
    root.write(groups + "a.slice/b.scope/cpu.max", "150000 100000\n");
    CHECK(cpu_quota_below(root.path()) == 2);  // one and a half
    root.write(groups + "cpu.max", "1000 100000\n");
    CHECK(cpu_quota_below(root.path()) == 1);
  }

  TEST_CASE("fault 21: a CPU quota of cgroup v1 counts, in a container too") {
    const TempDir root;
    // In a container the path is the host's, the mount shows its end alone.
    root.write("proc/self/cgroup",
               "12:memory:/docker/1\n5:cpu,cpuacct:/docker/1\n0::/\n");
    const std::string groups = "sys/fs/cgroup/cpu/";
    root.write(groups + "cpu.cfs_quota_us", "-1\n");
    root.write(groups + "cpu.cfs_period_us", "100000\n");
    CHECK(!cpu_quota_below(root.path()));
    root.write(groups + "cpu.cfs_quota_us", "250000\n");
    CHECK(cpu_quota_below(root.path()) == 3);
    root.write(groups + "docker/1/cpu.cfs_quota_us", "100000\n");
    root.write(groups + "docker/1/cpu.cfs_period_us", "50000\n");
    CHECK(cpu_quota_below(root.path()) == 2);
  }

  TEST_CASE("fault 21: threads are as many as the quota has CPUs") {
    const TempDir root;
    const unsigned without = usable_cpus_below(root.path());
    CHECK(without >= 1);
    root.write("proc/self/cgroup", "0::/\n");
    root.write("sys/fs/cgroup/cpu.max", "100000 100000\n");
    CHECK(usable_cpus_below(root.path()) == 1);
    // A quota is a limit, not a promise of CPUs.
    root.write("sys/fs/cgroup/cpu.max", "900000000 100000\n");
    CHECK(usable_cpus_below(root.path()) == without);
  }
}
