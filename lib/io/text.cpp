// Names are bytes; terminals, tables and JSON want text. Everything that turns
// one into the other is here.
//
// A name may hold a newline, which would break a table, or an escape sequence,
// which a terminal would obey. What is written for a table is escaped so that
// it can be turned back into the very bytes; UTF-8 that is well formed stays
// readable, and bytes that are not are passed through, since only they say
// which file is meant.
#include "io/text.h"

#include <fmt/format.h>
#include <nettle/base64.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace imsearch {
namespace {

/// The letter that stands for `byte` after a backslash, 0 for none.
char escape_letter(char byte) {
  switch (byte) {
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

char escaped_byte(char letter) {
  switch (letter) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

constexpr std::size_t kHexEscapeBytes = 4;  // \x1b

/// The value of a digit as escape_field() writes it, 16 for any other.
unsigned hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f')
    return static_cast<unsigned>(digit - 'a') + 10;
  return 16;
}

bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value <= 0x9F);
}

/// The byte of the "\x1b" at the start of `text`. Nothing for one that no
/// control character has (in UTF-8 those from U+0080 on begin with C2): that
/// may be a part of a name.
std::optional<char> hex_escaped_byte(std::string_view text) {
  if (text.size() < kHexEscapeBytes || text[1] != 'x') return std::nullopt;
  const unsigned high = hex_value(text[2]);
  const unsigned low = hex_value(text[3]);
  const unsigned byte = high * 16 + low;
  if (high > 15 || low > 15 || !(is_control(byte) || byte == 0xC2))
    return std::nullopt;
  return static_cast<char>(byte);
}

/// escape_field(), of backslashes only where asked to.
std::string escaped(std::string_view bytes, bool backslashes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const CodePoint point = first_code_point(bytes);
    const std::size_t size = std::max<std::size_t>(point.size_bytes, 1);
    const char letter = escape_letter(bytes[0]);
    if (letter != 0 && (letter != '\\' || backslashes)) {
      text += '\\';
      text += letter;
    } else if (point.size_bytes > 0 && is_control(point.value)) {
      for (const char byte : bytes.substr(0, size))
        text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else {
      text += bytes.substr(0, size);
    }
    bytes.remove_prefix(size);
  }
  return text;
}

// UTF-8 as RFC 3629 has it. A decoder that takes overlong forms or surrogates
// would let one name be spelled in several ways.
/// The length that a first byte announces, 0 for a byte that starts nothing.
std::size_t announced_size(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;  // continuations, and C0 C1: always overlong
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;  // F5 and more: above U+10FFFF
}

bool is_valid(char32_t value, std::size_t size_bytes) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value >= kSmallest[size_bytes] && value <= 0x10FFFF && !surrogate;
}

}  // namespace

std::string escape_field(std::string_view bytes) {
  return escaped(bytes, true);
}

std::string without_controls(std::string_view text) {
  return escaped(text, false);
}

// Such a character stands only within strings, where \u is understood.
std::string json_without_controls(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  while (!json.empty()) {
    const CodePoint point = first_code_point(json);
    const std::size_t size = std::max<std::size_t>(point.size_bytes, 1);
    if (point.size_bytes > 0 && point.value >= 0x7F && point.value <= 0x9F)
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    else
      text += json.substr(0, size);
    json.remove_prefix(size);
  }
  return text;
}

std::string unescape_field(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\\' && i + 1 < text.size();
    if (const auto control =
            pair ? hex_escaped_byte(text.substr(i)) : std::nullopt) {
      bytes += *control;
      i += kHexEscapeBytes - 1;
      continue;
    }
    const char byte = pair ? escaped_byte(text[i + 1]) : '\0';
    bytes += byte != 0 ? byte : text[i];
    if (byte != 0) ++i;
  }
  return bytes;
}

CodePoint first_code_point(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  const std::size_t size = announced_size(first);
  if (size == 1) return {first, 1};
  if (size == 0 || bytes.size() < size) return {};
  // The first byte of n has n ones and a zero in front of its bits of the
  // value.
  char32_t value = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xC0U) != 0x80) return {};
    value = value << 6U | (next & 0x3FU);
  }
  return is_valid(value, size) ? CodePoint{value, size} : CodePoint{};
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = first_code_point(bytes).size_bytes;
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t size = first_code_point(bytes).size_bytes;
    text += size > 0 ? bytes.substr(0, size) : "\xEF\xBF\xBD";
    bytes.remove_prefix(size > 0 ? size : 1);
  }
  return text;
}

std::string printable(std::string_view bytes) {
  constexpr std::size_t kLongest = 80;
  std::string text(bytes.substr(0, kLongest));
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text(BASE64_ENCODE_RAW_LENGTH(bytes.size()), '\0');
  base64_encode_raw(text.data(), bytes.size(),
                    reinterpret_cast<const std::uint8_t*>(bytes.data()));
  return text;
}

std::string from_base64(std::string_view text) {
  base64_decode_ctx context;
  base64_decode_init(&context);
  std::string bytes(BASE64_DECODE_LENGTH(text.size()), '\0');
  std::size_t size = bytes.size();
  const bool good =
      base64_decode_update(&context, &size,
                           reinterpret_cast<std::uint8_t*>(bytes.data()),
                           text.size(), text.data()) == 1 &&
      base64_decode_final(&context) == 1;
  bytes.resize(good ? size : 0);
  return bytes;
}

}  // namespace imsearch
