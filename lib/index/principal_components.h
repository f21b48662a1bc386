// What Eigen computes of a matrix of rows: its principal components, and how
// much it can lengthen a vector.
#pragma once

#include "base/matrix.h"

#include <vector>

namespace imsearch {

struct PrincipalComponents {
  std::vector<float> mean;  // [dim]
  Matrix components;        // [count, dim]: unit rows, largest variance first
};

/// Of the covariance of `rows` (at least 1), by Eigen. At most dim of them.
PrincipalComponents principal_components(MatrixView rows, std::size_t count);

/// At least the largest singular value of `rows` (at least 1), and hardly more.
/// Takes time with the cube of the rows; by Eigen.
float largest_singular_value(MatrixView rows);

}  // namespace imsearch
