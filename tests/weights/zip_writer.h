// Zip archives for tests, right and wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch::test {

struct ZipEntry {
  std::string name;
  std::string content;
  bool deflated = false;  // in stored blocks, not smaller
  std::optional<std::uint32_t> claimed_size =
      {};                                      // of the content, else the truth
  std::optional<std::uint32_t> checksum = {};  // else the right CRC-32
};

/// As PyTorch lays them out: a local header whose extra field aligns the
/// content to 64 bytes, then the directory.
std::string zip_of(const std::vector<ZipEntry>& entries);

/// The same with ZIP64's end records, where the directory claims to have
/// `count` entries.
std::string zip64_of(const std::vector<ZipEntry>& entries, std::uint64_t count);

}  // namespace imsearch::test
