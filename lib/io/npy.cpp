// The header of NumPy's .npy format: six bytes of magic, a version, a length,
// and a Python dict of three keys as text:
//
//   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 1280), }
//
// It is read by a small parser that accepts what numpy.save writes, in any
// order of the keys, and nothing else. Arrays of another type or order are
// refused, with the expression of NumPy that converts them where there is one.
#include "io/npy.h"

#include "base/error.h"

#include <array>
#include <limits>

namespace imsearch {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersionBytes = 2;
// NumPy itself reads no longer one unless it is told to trust the file.
constexpr std::size_t kMaxHeaderBytes = 10000;

/// Reads the header's text, a Python dict of three keys, from left to right.
class Reader {
 public:
  Reader(std::string_view text, const std::string& where)
      : rest_(text), where_(where) {}

  void skip_spaces() {
    const std::size_t i = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(i == std::string_view::npos ? rest_.size() : i);
  }

  /// Takes `token` if it comes next, spaces aside.
  bool accept(std::string_view token) {
    skip_spaces();
    if (rest_.substr(0, token.size()) != token) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  void expect(std::string_view token) {
    if (!accept(token)) malformed();
  }

  std::string_view string() {
    const std::string_view quote = accept("'") ? "'" : "\"";
    if (quote == "\"") expect(quote);
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) malformed();
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::uint64_t number() {
    skip_spaces();
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size(); ++digits) {
      const char c = rest_[digits];
      if (c < '0' || c > '9') break;
      const auto digit = static_cast<unsigned>(c - '0');
      if (value > (kMax - digit) / 10) malformed();
      value = value * 10 + digit;
    }
    if (digits == 0) malformed();
    rest_.remove_prefix(digits);
    return value;
  }

  bool at_end() {
    skip_spaces();
    return rest_.empty();
  }

  [[noreturn]] void malformed() const {
    fail("{}: malformed .npy header", where_);
  }

 private:
  std::string_view rest_;
  const std::string& where_;
};

void read_descr(Reader& reader, const std::string& where) {
  if (reader.accept("["))
    fail("{}: a structured array; need plain float32 ('<f4')", where);
  const std::string_view descr = reader.string();
  if (descr != "<f4")
    fail("{}: values of type '{}', need '<f4' (numpy: a.astype('<f4'))", where,
         descr);
}

void read_order(Reader& reader, const std::string& where) {
  if (reader.accept("True"))
    fail(
        "{}: in Fortran order, need C order (numpy: "
        "np.ascontiguousarray(a))",
        where);
  reader.expect("False");
}

void read_shape(Reader& reader, const std::string& where, NpyHeader& header) {
  std::array<std::uint64_t, 2> shape = {};
  std::size_t dimensions = 0;
  reader.expect("(");
  while (!reader.accept(")")) {
    const std::uint64_t length = reader.number();
    // Counted on, for the message says how many there are.
    if (dimensions < shape.size()) shape[dimensions] = length;
    ++dimensions;
    if (reader.accept(",")) continue;
    reader.expect(")");
    break;
  }
  if (dimensions != shape.size())
    fail("{}: an array of {} dimensions, need 2: rows and dim", where,
         dimensions);
  header.rows = shape[0];
  header.dim = shape[1];
}

void read_dict(Reader& reader, const std::string& where, NpyHeader& header) {
  bool descr = false;
  bool order = false;
  bool shape = false;
  // Each key exactly once: Python lets the last of two stand, and a header that
  // has two was not written by NumPy.
  const auto once = [&](bool& seen) {
    if (seen) reader.malformed();
    seen = true;
    return true;
  };
  reader.expect("{");
  while (!reader.accept("}")) {
    const std::string_view key = reader.string();
    reader.expect(":");
    if (key == "descr" && once(descr))
      read_descr(reader, where);
    else if (key == "fortran_order" && once(order))
      read_order(reader, where);
    else if (key == "shape" && once(shape))
      read_shape(reader, where, header);
    else
      reader.malformed();
    if (reader.accept(",")) continue;
    reader.expect("}");
    break;
  }
  if (!descr || !order || !shape || !reader.at_end()) reader.malformed();
}

std::size_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

}  // namespace

bool is_npy(std::string_view bytes) {
  return bytes.substr(0, kMagic.size()) == kMagic;
}

NpyHeader parse_npy_header(std::string_view bytes, const std::string& where) {
  if (!is_npy(bytes)) fail("{}: no .npy file: it has another start", where);
  const std::size_t version =
      bytes.size() > kMagic.size() ? byte_at(bytes, kMagic.size()) : 0;
  // Version 1 has a length of 16 bits, 2 and 3 of 32; 3 also allows UTF-8.
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  NpyHeader header;
  header.first_byte = kMagic.size() + kVersionBytes + length_bytes;
  if (bytes.size() < header.first_byte)
    fail("{}: truncated: {} bytes are no .npy header", where, bytes.size());
  if (version < 1 || version > 3)
    fail("{}: .npy version {}, known are 1 to 3", where, version);
  std::size_t length = 0;
  for (std::size_t i = 1; i <= length_bytes; ++i)
    length = length << 8U | byte_at(bytes, header.first_byte - i);
  if (length > kMaxHeaderBytes)
    fail("{}: .npy header of {} bytes, at most {} are read", where, length,
         kMaxHeaderBytes);
  if (bytes.size() - header.first_byte < length)
    fail("{}: truncated: {} of {} bytes of .npy header", where,
         bytes.size() - header.first_byte, length);
  Reader reader(bytes.substr(header.first_byte, length), where);
  read_dict(reader, where, header);
  header.first_byte += length;
  return header;
}

}  // namespace imsearch
