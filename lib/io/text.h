// File names on their way to a terminal, a table or JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// Tab, newline, carriage return and backslash as \t \n \r \\: one field of
/// one tab-separated line. Every other byte stays.
std::string escape_field(std::string_view bytes);

/// The inverse. An unknown escape stays as it is.
std::string unescape_field(std::string_view text);

/// A character and the bytes it took; size_bytes is 0 where the bytes are no
/// well-formed UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t size_bytes = 0;
};

/// The first character of `bytes`, which must not be empty.
CodePoint first_code_point(std::string_view bytes);

/// True if `bytes` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong
/// forms, nothing above U+10FFFF).
bool is_utf8(std::string_view bytes);

/// `bytes` with each malformed byte replaced by U+FFFD.
std::string to_utf8(std::string_view bytes);

/// `bytes`, which nobody has checked, as part of a message: at most 80 of them,
/// those that are not printable ASCII as ?.
std::string printable(std::string_view bytes);

/// RFC 4648 with padding.
std::string base64(std::string_view bytes);

/// The inverse; empty where `text` is no such code.
std::string from_base64(std::string_view text);

}  // namespace imsearch
