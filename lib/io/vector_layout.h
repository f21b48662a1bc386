// Where the rows of a vector file are, for each format of io/fvecs.h.
#pragma once

#include "io/mapped_file.h"

#include <cstddef>
#include <cstdint>

namespace imsearch {

enum class Element : std::uint8_t { kFloat32, kUint8, kInt8 };

struct VectorLayout {
  std::size_t rows = 0;
  std::size_t dim = 0;
  std::size_t first_byte = 0;    // of row 0's values
  std::size_t stride_bytes = 0;  // from row to row
  Element element = Element::kFloat32;
  bool states_dims = false;  // an int32 dim before each row
};

/// The layout of `file`, whose format its name tells. `dim` as for VectorFile,
/// 0: not known. Every row of the layout is inside the file. Throws Error if
/// the size or what the file states does not fit.
VectorLayout vector_layout(const MappedFile& file, std::size_t dim);

}  // namespace imsearch
