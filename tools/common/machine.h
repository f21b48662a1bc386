// What a figure was measured on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// The processor's name as /proc/cpuinfo has it; "unknown" without one.
std::string cpu_model();

/// CMake's build type: "Release".
std::string build_type();

/// Resident memory of this process, in bytes.
struct ResidentMemory {
  std::size_t total = 0;
  std::size_t index = 0;    // mapped pages of the index file
  std::size_t vectors = 0;  // mapped pages of the vector files
};

/// Told apart by the mapped files' paths, from /proc/self/smaps. Throws Error
/// if that cannot be read.
ResidentMemory resident_memory(const std::string& index,
                               const std::vector<std::string>& vectors);

}  // namespace imsearch
