// Small indexes that are the same on every machine, for fuzzers and their
// seeds.
#pragma once

#include <cstddef>
#include <string>

namespace imsearch::test {

/// What changes are beside: sections of more than a page, and searches that
/// walk the graph.
inline constexpr std::size_t kChangedRows = 1100;
inline constexpr std::size_t kChangedDim = 8;

/// `rows` rows of random values, the first of them for all numbers of rows.
/// Every tenth is a copy of the first, so that there are twins.
void write_small_vectors(const std::string& path, std::size_t rows,
                         std::size_t dim);

/// An index of the file of vectors, on one thread.
void build_small_index(const std::string& vectors, std::size_t dim,
                       const std::string& index);

}  // namespace imsearch::test
