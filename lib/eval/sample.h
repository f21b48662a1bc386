// A seeded choice of rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// `count` different rows of [0, rows), rising; all of them if count >= rows.
/// The same seed gives the same rows on every machine.
std::vector<std::uint32_t> sample_rows(std::size_t rows, std::size_t count,
                                       std::uint64_t seed);

}  // namespace imsearch
