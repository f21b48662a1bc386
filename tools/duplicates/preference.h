// Which of several duplicates is to be kept.
#pragma once

#include "duplicates/library.h"

#include <cstdint>
#include <vector>

namespace imsearch {

enum class Keep { kFirst, kLargest, kOldest, kNewest, kShortestName };

/// Whether the order takes a look at files: for dates, and for sizes that no
/// ledger tells. Such an order is for few rows.
bool needs_files(Keep keep, const Library& library);

/// Sorts rows, the best to keep first. What is equal is sorted by name and
/// row, and before that by size where dates or sizes decide, so that the order
/// of rows in the index does not matter as long as names differ. Throws
/// Interrupted.
void sort_by_preference(const Library& library, Keep keep,
                        std::vector<std::uint32_t>& rows);

}  // namespace imsearch
