// How much a matrix can lengthen a vector.
#pragma once

#include "base/matrix.h"

namespace imsearch {

/// At least the largest singular value of `rows` (at least 1), and hardly more.
/// Takes time with the cube of the rows; by Eigen.
float largest_singular_value(MatrixView rows);

}  // namespace imsearch
