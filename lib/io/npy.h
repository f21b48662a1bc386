// The header of NumPy's .npy files, versions 1.0 to 3.0.
// Source: NumPy, numpy.lib.format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

/// A two-dimensional array of '<f4' in C order, the only kind we read.
struct NpyHeader {
  std::uint64_t rows = 0;
  std::uint64_t dim = 0;
  std::size_t first_byte = 0;  // of the values
};

/// True if `bytes` starts as a .npy file does.
bool is_npy(std::string_view bytes);

/// Parses the start of a file, of which `bytes` holds as much as there is.
/// Allocates nothing that grows with the text. `where` names the file in
/// errors. Throws Error for malformed text and for every other kind of array;
/// whether the file is long enough for rows and dim is the caller's to check.
NpyHeader parse_npy_header(std::string_view bytes, const std::string& where);

}  // namespace imsearch
