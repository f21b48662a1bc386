// What deleting the extras of groups comes to.
#pragma once

#include "duplicates/finder.h"
#include "duplicates/library.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct Extras {
  std::size_t files = 0;        // that can be deleted by their names
  std::size_t in_archives = 0;  // which are none
  /// Images in archives that are kept instead of files.
  std::size_t kept_in_archives = 0;
  /// What deleting the files frees: nothing of links, nor of files that have
  /// another name, nor of those whose size is not known.
  std::uint64_t bytes = 0;
  std::size_t of_unknown_size = 0;
  /// Files that neither bytes nor hashes tell: features may be alike of pages
  /// of text, too.
  std::size_t similar = 0;
  /// Files whose picture has more pixels than the one that is kept instead.
  std::size_t larger_than_kept = 0;
};

Extras extras_of(const Library& library, const DuplicateGroup& group);
Extras extras_of(const Library& library,
                 const std::vector<DuplicateGroup>& groups);

/// As the ledger says, or the file that is there. Nothing: not known.
std::optional<std::uint64_t> bytes_of(const Library& library,
                                      std::uint32_t row);

/// "3 groups, 7 extras: deleting the extras frees 12 MB".
std::string summary(std::size_t groups, const Extras& extras);

}  // namespace imsearch
