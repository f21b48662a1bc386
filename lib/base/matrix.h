// Rows of float32, owned or seen.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace imsearch {

/// A view of `rows` x `dim` float32, row-major, rows `dim` floats apart.
/// Owns nothing: valid as long as what it looks at.
struct MatrixView {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t dim = 0;

  const float* row(std::size_t i) const { return data + i * dim; }
};

/// `rows` x `dim` float32, row-major, zero at first.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t dim)
      : values_(rows * dim), rows_(rows), dim_(dim) {}

  std::size_t rows() const { return rows_; }
  std::size_t dim() const { return dim_; }
  float* row(std::size_t i) { return values_.data() + i * dim_; }
  const float* row(std::size_t i) const { return values_.data() + i * dim_; }
  MatrixView view() const { return {values_.data(), rows_, dim_}; }

 private:
  std::vector<float> values_;
  std::size_t rows_ = 0;
  std::size_t dim_ = 0;
};

/// True if all `dim` values are zero: such a row has no direction.
inline bool is_zero_row(const float* row, std::size_t dim) {
  return std::all_of(row, row + dim, [](float value) { return value == 0; });
}

}  // namespace imsearch
