// File names on their way to a terminal, a table or JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// Tab, newline, carriage return and backslash as \t \n \r \\: one field of
/// one tab-separated line. The bytes of other control characters (U+0000 to
/// U+001F, U+007F, and in UTF-8 U+0080 to U+009F), which a terminal would obey,
/// as \x1b. Every other byte stays.
std::string escape_field(std::string_view bytes);

/// The inverse of escape_field(). What that does not write stays as it is.
std::string unescape_field(std::string_view text);

/// A message for a terminal: as escape_field(), but a backslash stays, since
/// names in it may be escaped already.
std::string without_controls(std::string_view text);

/// JSON as it was dumped, with \u007f to \u009f in place of the control
/// characters that nlohmann's dump() leaves: the same value.
std::string json_without_controls(std::string_view json);

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

/// The inverse of base64(); empty where `text` is malformed.
std::string from_base64(std::string_view text);

}  // namespace imsearch
