// Chooses the short codes for a set of vectors: principal components of a
// sample, cut off at the narrowest width that still finds the neighbours
// (quantizer_evaluation.h), or the vectors' own values where no projection is
// as good.
//
// Widths are tried in steps of a cache line, from the narrowest on, on one set
// of components: those of a narrower projection are the first of a wider one.
// The step of the values is chosen once for all widths, and the gain, which
// depends on the width, when the width is known.
#include "index/reduction_fit.h"

#include "base/parallel_for.h"
#include "index/quantizer_evaluation.h"
#include "index/sq8.h"
#include "index/vector_set.h"
#include "simd/kernels.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <optional>

namespace imsearch {
namespace {

constexpr std::size_t kPiece = 64;  // components: a cache line of codes
/// Bounds the widths that are tried, each of which costs an evaluation.
constexpr std::size_t kMaxWidth = 512;
/// Principal components take time with the cube of dim: at this dim some 20 s.
constexpr std::size_t kMaxDim = 4096;

constexpr std::size_t kAnalysedRows = 8192;
constexpr std::size_t kAnalysedFloats = std::size_t{16} << 20;  // 64 MB

using RowMajor =
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct PrincipalComponents {
  std::vector<float> mean;  // [dim]
  Matrix components;        // [count, dim]: unit rows, largest variance first
};

/// Principal components of `rows` (at least 1): unit eigenvectors of their
/// covariance, `count` of them, dim at most.
PrincipalComponents principal_components(MatrixView rows, std::size_t count) {
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

/// An upper bound of the largest singular value of `rows` (at least 1), larger
/// by 1e-4 of it, which is more than rounding loses. It is the root of the
/// largest eigenvalue of rows * rows^T. Takes time with the cube of the rows.
float largest_singular_value(MatrixView rows) {
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

/// The rows that mean and components are taken from: spread over the set, and
/// normalised.
Matrix analysed_rows(const VectorSet& vectors, unsigned threads) {
  const std::vector<std::uint32_t> rows = spread_over(
      vectors.rows(), std::min(kAnalysedRows, kAnalysedFloats / vectors.dim()));
  Matrix units(rows.size(), vectors.dim());
  parallel_for(rows.size(), 64, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 vectors.read_units(rows.data() + begin, end - begin,
                                    units.row(begin));
               });
  return units;
}

/// Chooses the step, one for all components and rows, so that the largest of
/// the values of the sample becomes largest_value(). `values` are those before
/// `reduction.offsets` are taken off them. One step for all, and not one for
/// each component, is what makes distances of codes those of projections.
void choose_step(MatrixView values, Reduction& reduction) {
  float largest = 1e-6F;  // where all rows are equal
  for (std::size_t i = 0; i < values.rows; ++i)
    for (std::size_t j = 0; j < values.dim; ++j)
      largest =
          std::max(largest, std::fabs(values.row(i)[j] - reduction.offsets[j]));
  const float per_unit = largest_value(reduction.width) / largest;
  for (float& factor : reduction.factors) factor *= per_unit;
  for (float& offset : reduction.offsets) offset *= per_unit;
}

/// A projection on the components found, without a gain, which narrowed() sets.
Reduction project(const PrincipalComponents& found, MatrixView rows,
                  unsigned threads) {
  const std::size_t dim = rows.dim;
  const std::size_t width = found.components.rows();
  const simd::Kernels& kernels = simd::active();
  Reduction reduction;
  reduction.dim = dim;
  reduction.width = width;
  reduction.components.resize(width * code_stride(dim));
  for (std::size_t j = 0; j < width; ++j) {
    const float* component = found.components.row(j);
    // A component is the code times this scale, all but its rounding.
    reduction.factors.push_back(encode_sq8(
        component, dim, reduction.components.data() + j * code_stride(dim)));
    reduction.offsets.push_back(kernels.dot(component, found.mean.data(), dim));
  }
  Matrix values(rows.rows, width);
  parallel_for(rows.rows, 64, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 kernels.dot_block(rows.row(begin), end - begin,
                                   found.components.row(0), width, dim,
                                   values.row(begin));
               });
  choose_step(values.view(), reduction);
  return reduction;
}

/// The reduction that projects nothing: each value for itself, less its mean.
Reduction keep_values(MatrixView rows) {
  Reduction reduction;
  reduction.dim = rows.dim;
  reduction.width = code_stride(rows.dim);
  reduction.factors.assign(reduction.width, 0.0F);
  reduction.offsets.assign(reduction.width, 0.0F);
  std::fill_n(reduction.factors.begin(), rows.dim, 1.0F);
  std::vector<double> sums(rows.dim);
  for (std::size_t i = 0; i < rows.rows; ++i)
    for (std::size_t j = 0; j < rows.dim; ++j)
      sums[j] += double{rows.row(i)[j]};
  if (rows.rows > 0)
    for (std::size_t j = 0; j < rows.dim; ++j)
      reduction.offsets[j] =
          static_cast<float>(sums[j] / static_cast<double>(rows.rows));
  choose_step(rows, reduction);
  constexpr float kRounding = 1e-4F;
  reduction.gain = reduction.factors[0] * (1 + kRounding);
  return reduction;
}

/// By how much the codes of `reduction` can lengthen a distance at most: the
/// largest singular value of its components as they are stored, in 8 bits,
/// times their factors. Were the components orthonormal, that would be the
/// number of steps in a unit; but rounding has made them slightly oblique.
float gain_of(const Reduction& reduction) {
  const std::size_t stride = code_stride(reduction.dim);
  Matrix scaled(reduction.width, stride);
  for (std::size_t j = 0; j < reduction.width; ++j)
    for (std::size_t i = 0; i < stride; ++i)
      scaled.row(j)[i] =
          reduction.factors[j] *
          static_cast<float>(reduction.components[j * stride + i]);
  return largest_singular_value(scaled.view());
}

/// The first `width` components of a reduction.
Reduction narrowed(Reduction reduction, std::size_t width) {
  reduction.width = width;
  reduction.components.resize(width * code_stride(reduction.dim));
  reduction.factors.resize(width);
  reduction.offsets.resize(width);
  reduction.gain = gain_of(reduction);
  return reduction;
}

/// The narrowest projection that is good enough, or as good as the vectors' own
/// values, if any.
std::optional<Reduction> fit_projection(const VectorSet& vectors,
                                        const Reduction& values,
                                        MatrixView analysed, unsigned threads) {
  const std::size_t max_width =
      std::min(kMaxWidth, vectors.dim() / 2 / kPiece * kPiece);
  if (max_width == 0 || vectors.dim() > kMaxDim ||
      vectors.rows() < kLeastFitted)
    return std::nullopt;
  const Reduction wide =
      project(principal_components(analysed, max_width), analysed, threads);
  QuantizerEvaluation judge(vectors, 0, threads);
  std::vector<double> found;
  for (std::size_t width = kPiece; width <= max_width; width += kPiece) {
    found.push_back(judge.found_with(wide.view().part(width - kPiece, kPiece)));
    if (found.back() >= kEnoughFound) return narrowed(wide, width);
  }
  // Where rows are near copies, their own values may tell no more in 8 bits.
  judge.start_again();
  const double enough = kEnoughFound * judge.found_with(values.view());
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i] >= enough) return narrowed(wide, (i + 1) * kPiece);
  return std::nullopt;
}

}  // namespace

Reduction fit_reduction(const VectorSet& vectors, unsigned threads) {
  const Matrix analysed = analysed_rows(vectors, threads);
  Reduction values = keep_values(analysed.view());
  std::optional<Reduction> projection =
      fit_projection(vectors, values, analysed.view(), threads);
  return projection ? *std::move(projection) : std::move(values);
}

}  // namespace imsearch
