// What pick_image() gives, compared with what decode_image() gives.
#pragma once

#include "image/decode.h"

#include <cstdint>
#include <string>

namespace imsearch::test {

/// Each place of a side that is `first`, or a multiple of `step` after it.
Places every(std::size_t step, std::size_t first, std::size_t side);

/// What is wrong with the pixels that pick_image() gives: for all shifts of a
/// grid of every fourth row and column, so that each pixel was once one of few
/// wanted, and for larger grids. Empty if they are those of decode_image(), or
/// both throw the same.
std::string picks_differ(const std::string& bytes, Reference reference);

/// What is wrong with the network's input and the hash of what was picked for
/// them, turned as `orientation` says, compared with those of the whole
/// picture. Empty if nothing is.
std::string inputs_differ(const std::string& bytes, int orientation);

}  // namespace imsearch::test
