// File names on their way to a terminal, a table or JSON.
#pragma once

#include <string>
#include <string_view>

namespace imsearch {

/// Tab, newline, carriage return and backslash as \t \n \r \\: one field of
/// one tab-separated line. Every other byte stays.
std::string escape_field(std::string_view bytes);

/// The inverse. An unknown escape stays as it is.
std::string unescape_field(std::string_view text);

/// True if `bytes` is well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view bytes);

/// `bytes` with each malformed byte replaced by U+FFFD.
std::string to_utf8(std::string_view bytes);

/// RFC 4648 with padding.
std::string base64(std::string_view bytes);

}  // namespace imsearch
