// Feature vectors on disk: fvecs.bin and the foreign formats.
//
// fvecs.bin is rows x dim float32, little-endian, row-major, nothing else, so
// dim comes from outside: the sidecar (io/sidecar.h) or --dim. Foreign files
// are told by their extension and verified by their size:
//   .fvecs               TEXMEX: int32 dim, then dim float32, for each row
//   .fbin .u8bin .i8bin  big-ann: uint32 rows, uint32 dim, then the values
//   .npy                 NumPy 1.0 to 3.0, '<f4', C order, two dimensions
// Specification: man/imsearch-formats.5.
#pragma once

#include "io/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch {

enum class Element : std::uint8_t { kFloat32, kUint8, kInt8 };

/// Where the rows of a file are, in each of the formats.
struct VectorLayout {
  std::size_t rows = 0;
  std::size_t dim = 0;
  std::size_t first_byte = 0;    // of row 0's values
  std::size_t stride_bytes = 0;  // from row to row
  Element element = Element::kFloat32;
  bool states_dims = false;  // an int32 dim before each row
};

/// The dimension when nothing else says it: MobileNetV2's.
inline constexpr std::size_t kDefaultDim = 1280;
/// No file of longer vectors is read.
inline constexpr std::size_t kMaxDim = 65536;

/// A read-only file of vectors, memory-mapped: opening reads no rows.
/// Immutable, so any number of threads may read.
class VectorFile {
 public:
  /// Maps `path`. `dim` is needed for raw files (0: kDefaultDim) and, where
  /// not 0, must be equal to the dimension that a foreign file states.
  /// Throws Error if the file cannot be mapped or its size does not fit; where
  /// another format would fit the size, the text says so. An empty raw file has
  /// zero rows.
  explicit VectorFile(const std::string& path, std::size_t dim = 0);

  /// Forgets the rows behind the first `count` (at most rows()).
  void keep_rows(std::size_t count) { layout_.rows = count; }

  std::size_t rows() const { return layout_.rows; }
  std::size_t dim() const { return layout_.dim; }
  const std::string& path() const { return file_.path(); }
  std::size_t size_bytes() const { return file_.size(); }

  /// Row i (< rows()) as dim() floats: a pointer into the mapping, or `scratch`
  /// (dim() floats, the caller's) where values are 8-bit or not aligned. The
  /// values are as stored: not normalised, not checked. Throws Error for a row
  /// of a .fvecs file that states another dimension than row 0.
  const float* row(std::size_t i, float* scratch) const;

  /// Has the system read row i ahead (io/read_ahead.h).
  void fetch_row(std::size_t i) const;

  const MappedFile& file() const { return file_; }

 private:
  void check_stated_dim(std::size_t i) const;

  MappedFile file_;
  VectorLayout layout_;
};

}  // namespace imsearch
