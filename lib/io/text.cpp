#include "io/text.h"

#include <nettle/base64.h>

#include <cstdint>

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
  std::string text;
  text.reserve(bytes.size());
  for (const char byte : bytes) {
    const char letter = escape_letter(byte);
    if (letter != 0) text += '\\';
    text += letter != 0 ? letter : byte;
  }
  return text;
}

std::string unescape_field(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\\' && i + 1 < text.size();
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
