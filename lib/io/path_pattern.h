// Patterns of paths, such as photos/**/*.jpg: the rules of glob.h.
#pragma once

#include "io/folder.h"
#include "io/input_sieve.h"

#include <set>
#include <string>
#include <vector>

namespace imsearch {

/// True if `text` has any of the characters * ? [
bool has_wildcards(const std::string& text);

/// True also for a link that leads to nothing.
bool name_exists(const std::string& path);

/// A file by a name that is known. Nothing that is there has inode 0.
FoundEntry entry_at(std::string path);

/// Sorts by bytes, and drops what stands there again.
void sort_unique(std::vector<FoundEntry>& entries);

/// What matches, and passes the sieve, but no folders; sorted by bytes. Folders
/// that cannot be read are passed over and added to `unreadable`.
std::vector<FoundEntry> match_pattern(const std::string& pattern,
                                      InputSieve& sieve,
                                      std::set<std::string>& unreadable);

}  // namespace imsearch
