// One of several runs of extract that share a list of images.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace imsearch {

/// Block `index` (from 1) of the `count` blocks that a list is cut into: each
/// is contiguous, in order they are the list, and their sizes differ by one at
/// most. More blocks than images: some are empty.
struct Shard {
  std::size_t index = 1;
  std::size_t count = 1;

  /// The first of `size` list entries that this block has, and the first that
  /// it has no more.
  std::size_t begin(std::size_t size) const;
  std::size_t end(std::size_t size) const;
  /// "3/8".
  std::string text() const;
  /// ".03-of-12": sorted by name, the files of all blocks are in their order.
  std::string suffix() const;
};

/// More than anybody has machines for; no product of sizes overflows.
inline constexpr std::size_t kMaxShards = 1'000'000;

/// "I/N" with I from 1 to N, N at most kMaxShards; nothing for any other text.
std::optional<Shard> parse_shard(const std::string& text);

}  // namespace imsearch
