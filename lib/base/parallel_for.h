// A loop shared out over threads.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace imsearch {

/// CPUs that this process may use, at least 1: those of its affinity, but not
/// more than its cgroups give it the time of (base/cgroup.h), as with more
/// threads than that all would be stopped for a part of the time. Asked once.
unsigned usable_cpus();
/// As usable_cpus(), but asked anew, with cgroups below `root`.
unsigned usable_cpus_below(const std::string& root);

/// Calls body(begin, end, thread) for consecutive blocks of [0, count), each at
/// most `grain` long (> 0), on `threads` threads (0: usable_cpus()); a thread
/// takes the next block when it is done with one. `thread` is 0..threads-1, for
/// per-thread scratch. Blocks run in the caller's thread when one thread is
/// enough. Returns when all are done. The first exception stops further blocks
/// and is thrown in the caller; Interrupted is thrown soon after a SIGINT.
void parallel_for(std::size_t count, std::size_t grain, unsigned threads,
                  const std::function<void(std::size_t begin, std::size_t end,
                                           unsigned thread)>& body);

}  // namespace imsearch
