// Principal components of rows.
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

}  // namespace imsearch
