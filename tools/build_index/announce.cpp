#include "build_index/announce.h"

#include "common/cli.h"

#include "base/progress.h"
#include "io/file.h"
#include "io/memory.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>

namespace imsearch {
namespace {

std::string size_text(std::uint64_t bytes) {
  return human_bytes(static_cast<double>(bytes));
}

/// False for a device or a pipe: what is written there takes no disk.
bool takes_disk(const std::string& path) {
  return path != "-" &&
         (!file_exists(path) || std::filesystem::is_regular_file(path));
}

}  // namespace

void announce_build(const VectorSet& vectors, const BuildNeeds& needs,
                    const std::string& output, bool quiet) {
  // What cannot be told, or takes no disk, is not a limit.
  constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();
  // What is held already is no longer available, and is part of the needs.
  const std::uint64_t left = available_memory_bytes();
  const std::uint64_t memory =
      left + std::min(kNoLimit - left, needs.held_bytes);
  const std::uint64_t disk = takes_disk(output)
                                 ? free_disk_bytes(output).value_or(kNoLimit)
                                 : kNoLimit;
  const std::string free =
      disk == kNoLimit ? "" : " (" + size_text(disk) + " free)";
  if (!quiet)
    cli::say(fmt::format(
        "{} rows of {} floats: needs {} of memory ({} available), {} of "
        "disk{}, about {}",
        grouped(vectors.rows()), vectors.dim(), size_text(needs.memory_bytes),
        size_text(memory), size_text(needs.disk_bytes), free,
        human_duration(needs.seconds)));
  if (memory < needs.memory_bytes)
    fail("not enough memory: {} needed, {} available: a smaller -M needs less",
         size_text(needs.memory_bytes), size_text(memory));
  if (disk < needs.disk_bytes)
    fail("{}: not enough disk: {} needed, {} free: -o puts the index elsewhere",
         output, size_text(needs.disk_bytes), size_text(disk));
}

}  // namespace imsearch
