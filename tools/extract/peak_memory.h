// How much memory this process has taken.
#pragma once

#include <cstddef>

namespace imsearch {

/// The most physical memory that this process has held at a time, in bytes
/// (VmHWM: since it was started by exec, unlike getrusage's figure). 0 where
/// the system does not say.
std::size_t peak_memory_bytes();

}  // namespace imsearch
