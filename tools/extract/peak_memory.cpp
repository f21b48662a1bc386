#include "extract/peak_memory.h"

#include <fstream>
#include <limits>
#include <string>

namespace imsearch {

std::size_t peak_memory_bytes() {
  constexpr std::size_t kUnit = 1024;  // proc(5) calls it kB
  std::ifstream status("/proc/self/status");
  std::string key;
  while (status >> key) {
    std::size_t value = 0;
    if (key == "VmHWM:" && status >> value) return value * kUnit;
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

}  // namespace imsearch
