// Standard output, checked: results never get lost silently.
#pragma once

#include <string_view>

namespace imsearch {

/// Throws Error if the text can't be written.
void print(std::string_view text);

/// Hands what was printed to the reader now. Throws Error.
void flush_output();

}  // namespace imsearch
