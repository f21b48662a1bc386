#include "index/singular_value.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace imsearch {

float largest_singular_value(MatrixView rows) {
  using RowMajor =
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  constexpr double kRounding = 1e-4;
  const Eigen::Map<const RowMajor> all(rows.data,
                                       static_cast<Eigen::Index>(rows.rows),
                                       static_cast<Eigen::Index>(rows.dim));
  const Eigen::MatrixXd products =
      all.cast<double>() * all.transpose().cast<double>();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      products, Eigen::EigenvaluesOnly);
  const double largest = std::max(0.0, solver.eigenvalues().maxCoeff());
  return static_cast<float>(std::sqrt(largest) * (1 + kRounding));
}

}  // namespace imsearch
