// What one run of extract is asked to do: all of a list of images, or one shard
// of it.
#pragma once

#include "common/names_list.h"
#include "common/options.h"

#include "io/fnames.h"
#include "io/glob.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

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

struct ExtractJob {
  std::vector<std::string> inputs;  // as expand_inputs() takes them, and "-"
  InputRules rules;                 // of these
  std::string files_from;           // empty: none
  bool files_null = false;          // its names end with NUL, whatever `null`
  bool null = false;                // names lists end names with NUL
  std::string vectors = cli::kDefaultVectors;
  std::string names_path = cli::kDefaultNames;
  unsigned threads = 0;  // 0: all CPUs
  bool strict = false;   // the first bad image is an error
  bool quiet = false;
  bool json = false;           // print a summary
  std::optional<Shard> shard;  // this block of the images alone
  bool resume = false;         // go on from the parts of an earlier run
  bool restart = false;  // or, with resume, anew where they are of another
  bool append = false;   // add to vectors and names that are there
  bool force = false;    // also replace what an index was built from

  Separator separator() const { return separator_of(null); }
  Separator files_separator() const { return separator_of(null || files_null); }
};

}  // namespace imsearch
