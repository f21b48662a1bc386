// Floats as JSON, in the fewest digits that are read back as the same float32.
#pragma once

#include <cstddef>
#include <string>

namespace imsearch {

/// Appends "[0.5,0,-0.25]". The values must be finite.
void append_vector(std::string& text, const float* values, std::size_t count);

}  // namespace imsearch
