#include "io/json_text.h"

#include "io/text.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace imsearch {
namespace {

/// Whether a character is written as \uXXXX: a terminal would obey it, or HTML
/// would take it for markup.
bool is_escaped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == '<' || c == '>' ||
         c == '&' || c == 0x2028 || c == 0x2029;
}

template <typename Number>
void append_shortest(std::string& text, Number value) {
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value);
  text.append(digits, end.ptr);
}

}  // namespace

// By to_chars(), which writes the shortest text that is read back as the same
// float. The room is made first, so that digits are written in place.
void append_vector(std::string& text, const float* values, std::size_t count) {
  constexpr std::size_t kLongest = 16;  // "-1.1754944e-38", and a comma
  const std::size_t begin = text.size();
  text.resize(begin + 2 + count * kLongest);
  char* at = text.data() + begin;
  *at++ = '[';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) *at++ = ',';
    at = std::to_chars(at, at + kLongest, values[i]).ptr;
  }
  *at++ = ']';
  text.resize(static_cast<std::size_t>(at - text.data()));
}

void append_number(std::string& text, double value) {
  append_shortest(text, value);
}

void append_number(std::string& text, std::uint64_t value) {
  append_shortest(text, value);
}

void append_string(std::string& text, std::string_view bytes) {
  text += '"';
  while (!bytes.empty()) {
    const CodePoint c = first_code_point(bytes);
    if (c.size_bytes == 0) {
      text += "\xEF\xBF\xBD";  // U+FFFD
      bytes.remove_prefix(1);
      continue;
    }
    if (c.value == '"' || c.value == '\\')
      text.append({'\\', static_cast<char>(c.value)});
    else if (is_escaped(c.value))
      text += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.value));
    else
      text.append(bytes.substr(0, c.size_bytes));
    bytes.remove_prefix(c.size_bytes);
  }
  text += '"';
}

}  // namespace imsearch
