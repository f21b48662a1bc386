// The rows that an index is about: one or several vector files, one after the
// other, normalised on reading.
#pragma once

#include "base/matrix.h"
#include "io/fvecs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace imsearch {

/// Writes `row` (dim floats) scaled to length 1 to `out`; a zero row stays
/// zero. False if a value is NaN or infinite. The norm is the square root of
/// simd dot(row, row), and each value is divided by it. row == out is allowed.
bool normalize(const float* row, std::size_t dim, float* out);

/// XXH3-64 of 64 rows spread over the first `rows` of the file: enough to
/// notice that another file has its name. A file that has only grown keeps it.
std::uint64_t fingerprint(const VectorFile& file, std::size_t rows);

/// A row whose values have yet to be divided by its length. Owns nothing.
struct UndividedRow {
  const float* values = nullptr;
  float length = 0;
};

/// Immutable; any number of threads may read.
class VectorSet {
 public:
  /// Opens the files, which must agree in dim. Throws Error.
  VectorSet(const std::vector<std::string>& paths, std::size_t dim);
  explicit VectorSet(std::vector<VectorFile> files);

  std::size_t rows() const { return rows_; }
  std::size_t dim() const { return dim_; }
  const std::vector<VectorFile>& files() const { return files_; }

  /// "fvecs.bin: row 7", for messages about row i.
  std::string where(std::size_t i) const;

  /// Row i, normalised, into `out` (dim floats). Throws Error naming file and
  /// row if a value is NaN or infinite.
  void read_unit(std::size_t i, float* out) const;

  /// Reads rows[0] to rows[count - 1] so, one after the other into `out`
  /// [count, dim]: faster than one by one, since rows are fetched together.
  void read_units(const std::uint32_t* rows, std::size_t count,
                  float* out) const;

  /// Has the system read row i ahead (io/read_ahead.h).
  void fetch_row(std::size_t i) const;

  /// So many rows at most are found at once.
  static constexpr std::size_t kRowsTogether = 8;

  /// Finds up to kRowsTogether rows for callers that divide while they compute
  /// something else: out[i].values divided by out[i].length are what
  /// read_units() writes. They lie in `scratch` [count, dim] or in the mapped
  /// file. Throws as read_unit().
  void find_rows(const std::uint32_t* rows, std::size_t count, float* scratch,
                 UndividedRow* out) const;

 private:
  /// Where row i is: a file, and its row there.
  std::pair<const VectorFile*, std::size_t> place_of(std::size_t i) const;

  std::vector<VectorFile> files_;
  std::vector<std::size_t> ends_;  // rows up to and with file f
  std::size_t rows_ = 0;
  std::size_t dim_ = 0;
};

/// An evenly spread sample: `count` of `rows` rows, or all if there are fewer;
/// rising, the first row 0.
inline std::vector<std::uint32_t> spread_over(std::size_t rows,
                                              std::size_t count) {
  std::vector<std::uint32_t> chosen(std::min(rows, count));
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen[i] = static_cast<std::uint32_t>(i * rows / chosen.size());
  return chosen;
}

}  // namespace imsearch
