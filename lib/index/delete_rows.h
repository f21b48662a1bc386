// Marks rows of a finished index as deleted.
#pragma once

#include "index/index.h"

#include <cstdint>
#include <vector>

namespace imsearch {

/// Replaces the index's file by one where these rows too are marked as deleted.
/// The content must have been verified. Throws Error, Interrupted.
void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows);

}  // namespace imsearch
