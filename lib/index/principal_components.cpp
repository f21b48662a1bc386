#include "index/principal_components.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

namespace imsearch {

PrincipalComponents principal_components(MatrixView rows, std::size_t count) {
  using RowMajor =
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto dim = static_cast<Eigen::Index>(rows.dim);
  const Eigen::Map<const RowMajor> all(
      rows.data, static_cast<Eigen::Index>(rows.rows), dim);
  const Eigen::RowVectorXf mean = all.colwise().mean();
  const RowMajor centred = all.rowwise() - mean;
  Eigen::MatrixXf covariance = Eigen::MatrixXf::Zero(dim, dim);
  covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXf> solver(covariance);

  PrincipalComponents result;
  result.mean.assign(mean.data(), mean.data() + dim);
  result.components = Matrix(std::min(count, rows.dim), rows.dim);
  for (std::size_t c = 0; c < result.components.rows(); ++c) {
    // Eigen sorts by rising variance.
    const Eigen::VectorXf vector =
        solver.eigenvectors().col(dim - 1 - static_cast<Eigen::Index>(c));
    std::copy_n(vector.data(), dim, result.components.row(c));
  }
  return result;
}

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
