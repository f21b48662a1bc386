// Groups of duplicates among the rows of an index.
//
// Each group has an image to keep, and every other member is a duplicate of it,
// directly: without them, nothing is lost that is unlike all that stays. Chains
// of images, each a duplicate of the next, would make groups whose ends have
// nothing in common.
#pragma once

#include "base/progress.h"
#include "duplicates/rule.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace imsearch {

struct DuplicateParams {
  DuplicateThresholds thresholds;
  unsigned threads = 0;         // 0: usable_cpus()
  std::size_t neighbours = 16;  // that a row asks the graph for at first
  OnProgress on_progress = {};  // with the number of images done so far
};

/// The images that are looked at.
struct DuplicateCandidates {
  /// Rows of the index, the best to keep first.
  std::vector<std::uint32_t> rows;
  /// One for each row of the index.
  std::vector<ImageMarks> marks;
  /// Rows of the index that are always kept; empty: none. If there are some,
  /// groups are made around them alone.
  std::vector<bool> references = {};
  /// Which folder each row of the index is in, if that matters: then only
  /// images of one folder are compared, or only those of different ones.
  std::vector<std::uint32_t> folders = {};
  enum class Folders { kAny, kWithin, kAcross };
  Folders compared = Folders::kAny;
  /// Whether a row can be kept or given up: false for a file that is not there
  /// any more. Asked once at most, in the caller's thread, and only of rows
  /// that have a duplicate. May be empty.
  std::function<bool(std::uint32_t row)> is_usable = {};
};

struct DuplicateGroup {
  std::uint32_t keep = 0;
  std::vector<Duplicate> extras;  // the most alike first
};

/// Goes through the rows in their order: one that is not a duplicate of an
/// image kept before is kept itself. An extra belongs to the image it is most
/// like of those kept. The result depends neither on threads nor, but for what
/// a walk of the graph misses, on the order of rows in the index. Each image
/// asks for few neighbours, and for all of them only where it is kept: many
/// images that are all duplicates of each other take time by their number, not
/// by its square. Throws RowError, Interrupted.
std::vector<DuplicateGroup> find_duplicates(
    const Index& index, const DuplicateCandidates& candidates,
    const DuplicateParams& params);

/// Those of the candidates that are a duplicate of another one, in their order,
/// as far as each asks once: what an order of preference that costs much has to
/// be decided for. `is_usable` is not asked.
std::vector<std::uint32_t> rows_with_duplicates(
    const Index& index, const DuplicateCandidates& candidates,
    const DuplicateParams& params);

}  // namespace imsearch
