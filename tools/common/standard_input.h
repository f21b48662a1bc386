// Standard input, as its bytes come.
#pragma once

#include <cstddef>

namespace imsearch {

/// Reads what is there, at most `size_bytes`, waiting for a byte at least; 0 at
/// the end. Throws Error; Interrupted from the first signal on (where
/// catch_interrupts() was called), however short before the wait it came.
std::size_t read_input(char* to, std::size_t size_bytes);

}  // namespace imsearch
