// Vectors and names that are made up.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch::test {

/// rows x dim seeded values around seeded centres, as the bytes of a fvecs.bin.
std::string clustered_vectors(std::size_t rows, std::size_t dim, unsigned seed);

/// `count` seeded mixtures of two of the rows in `rows`, the bytes of a
/// fvecs.bin, each with a little of its own: vectors as a network makes them.
std::string mixed_vectors(const std::string& rows, std::size_t dim,
                          std::size_t count, unsigned seed);

/// The bytes of one float, and of a row of them.
std::string float_bytes(const std::vector<float>& values);

/// "0.jpg", "1.jpg", ... each with `prefix` before and an end after.
std::string numbered_names(std::size_t count, const std::string& prefix = "",
                           char end = '\n');

}  // namespace imsearch::test
