// JSON written piece by piece, where an object of the JSON library for each
// value would cost more than all the rest: rows of floats, and hits of a
// search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// Appends "[0.5,0,-0.25]", in the fewest digits that are read back as the same
/// float32. The values must be finite.
void append_vector(std::string& text, const float* values, std::size_t count);

/// Appends a number in the fewest digits that are read back as the same. A
/// double must be finite.
void append_number(std::string& text, double value);
void append_number(std::string& text, std::uint64_t value);

/// Appends `bytes` as a JSON string, quotes included: what is not UTF-8 as
/// U+FFFD; control characters, DEL and the C1 controls escaped, and so are <, >
/// and &, so that the text can stand within HTML.
void append_string(std::string& text, std::string_view bytes);

}  // namespace imsearch
