#include "index/reduction_fit.h"

#include "base/parallel_for.h"
#include "index/codes8.h"
#include "index/principal_components.h"
#include "index/top_k.h"
#include "simd/kernels.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <optional>

namespace imsearch {
namespace {

constexpr std::size_t kWidthStep = 64;  // a cache line
constexpr std::size_t kMaxWidth = 512;
constexpr std::size_t kAnalysedRows = 8192;
constexpr std::size_t kJudgedRows = 50'000;
constexpr std::size_t kJudgedQueries = 1000;
constexpr std::size_t kNeighbours = 10;
constexpr std::size_t kCandidates = 32;
constexpr double kEnoughFound = 0.995;
/// Fewer rows are scanned anyway, or tell too little.
constexpr std::size_t kLeastRows = 2000;

/// `count` rows spread over the set, normalised.
Matrix spread_rows(const VectorSet& vectors, std::size_t count,
                   unsigned threads) {
  count = std::min(count, vectors.rows());
  Matrix rows(count, vectors.dim());
  parallel_for(count, 64, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t i = begin; i < end; ++i)
                   vectors.read_unit(i * vectors.rows() / count, rows.row(i));
               });
  return rows;
}

float largest_magnitude(const std::vector<float>& values) {
  float largest = 0;
  for (const float value : values)
    largest = std::max(largest, std::fabs(value));
  return largest;
}

/// The reduction to these components: the step is such that the largest value
/// among `rows` is 127.
Reduction project(const PrincipalComponents& found, MatrixView rows,
                  unsigned threads) {
  const std::size_t dim = rows.dim;
  const std::size_t stride = code_stride(dim);
  const auto dot = simd::active().dot;
  Reduction reduction;
  reduction.dim = dim;
  reduction.width = found.components.rows();
  reduction.components.resize(reduction.width * stride);
  for (std::size_t j = 0; j < reduction.width; ++j) {
    const float* component = found.components.row(j);
    std::int8_t* code = reduction.components.data() + j * stride;
    // A component is the code times this scale, all but its rounding.
    reduction.factors.push_back(encode8(component, dim, code));
    reduction.offsets.push_back(dot(component, found.mean.data(), dim));
  }
  std::vector<float> largest(rows.rows);
  parallel_for(
      rows.rows, 16, threads,
      [&](std::size_t begin, std::size_t end, unsigned) {
        for (std::size_t i = begin; i < end; ++i)
          for (std::size_t j = 0; j < reduction.width; ++j)
            largest[i] = std::max(
                largest[i],
                std::fabs(dot(rows.row(i), found.components.row(j), dim) -
                          reduction.offsets[j]));
      });
  const float step = std::max(largest_magnitude(largest), 1e-6F) / 127;
  for (float& factor : reduction.factors) factor /= step;
  for (float& offset : reduction.offsets) offset /= step;
  return reduction;
}

/// Each value for itself, less its mean.
Reduction keep_values(MatrixView rows) {
  Reduction reduction;
  reduction.dim = rows.dim;
  reduction.width = code_stride(rows.dim);
  std::vector<double> sums(rows.dim);
  for (std::size_t i = 0; i < rows.rows; ++i)
    for (std::size_t j = 0; j < rows.dim; ++j)
      sums[j] += double{rows.row(i)[j]};
  std::vector<float> largest(rows.rows);
  const auto mean = [&](std::size_t j) {
    return static_cast<float>(
        sums[j] / static_cast<double>(std::max<std::size_t>(1, rows.rows)));
  };
  for (std::size_t i = 0; i < rows.rows; ++i)
    for (std::size_t j = 0; j < rows.dim; ++j)
      largest[i] = std::max(largest[i], std::fabs(rows.row(i)[j] - mean(j)));
  const float step = std::max(largest_magnitude(largest), 1e-6F) / 127;
  reduction.factors.resize(reduction.width);
  reduction.offsets.resize(reduction.width);
  for (std::size_t j = 0; j < rows.dim; ++j) {
    reduction.factors[j] = 1 / step;
    reduction.offsets[j] = mean(j) / step;
  }
  return reduction;
}

/// The first `width` components of a reduction.
Reduction narrowed(const Reduction& wide, std::size_t width) {
  Reduction reduction = wide;
  reduction.width = width;
  reduction.components.resize(width * code_stride(wide.dim));
  reduction.factors.resize(width);
  reduction.offsets.resize(width);
  return reduction;
}

/// How well codes tell the true neighbours of some rows among others.
class Judge {
 public:
  Judge(Matrix rows, const Reduction& reduction, unsigned threads)
      : rows_(std::move(rows)),
        width_(reduction.width),
        threads_(threads),
        queries_(std::min(kJudgedQueries, rows_.rows())) {
    encode(reduction.view());
    find_neighbours();
  }

  /// The share of true neighbours that are among the candidates by the first
  /// `width` components.
  double found(std::size_t width) const {
    std::vector<std::uint32_t> all(rows_.rows());
    std::iota(all.begin(), all.end(), 0U);
    std::atomic<std::size_t> found{0};
    parallel_for(queries_, 4, threads_,
                 [&](std::size_t begin, std::size_t end, unsigned) {
                   for (std::size_t q = begin; q < end; ++q)
                     found += found_among(q, distances(q, width, all));
                 });
    return static_cast<double>(found) /
           static_cast<double>(queries_ * kNeighbours);
  }

 private:
  std::size_t row_of(std::size_t query) const {
    return query * rows_.rows() / queries_;
  }
  const std::int8_t* piece_codes(std::size_t piece) const {
    return codes_.data() + piece * rows_.rows() * kWidthStep;
  }

  /// Codes piece by piece: [width / 64, rows, 64].
  void encode(const ReductionView& reduction) {
    codes_.resize(rows_.rows() * width_);
    parallel_for(
        rows_.rows(), 64, threads_,
        [&](std::size_t begin, std::size_t end, unsigned) {
          std::vector<std::int8_t> code8(code_stride(rows_.dim()));
          std::vector<std::int8_t> code(width_);
          for (std::size_t i = begin; i < end; ++i) {
            const float scale =
                encode8(rows_.row(i), rows_.dim(), code8.data());
            reduction.encode(rows_.row(i), code8.data(), scale, code.data());
            for (std::size_t p = 0; p * kWidthStep < width_; ++p)
              std::copy_n(code.data() + p * kWidthStep, kWidthStep,
                          codes_.data() + (p * rows_.rows() + i) * kWidthStep);
          }
        });
  }

  /// The true nearest of each query, itself left out.
  void find_neighbours() {
    constexpr std::size_t kBlock = 64;
    neighbours_.assign(queries_, {});
    parallel_for(
        queries_, kBlock, threads_,
        [&](std::size_t begin, std::size_t end, unsigned) {
          Matrix queries(end - begin, rows_.dim());
          for (std::size_t q = begin; q < end; ++q)
            std::copy_n(rows_.row(row_of(q)), rows_.dim(),
                        queries.row(q - begin));
          std::vector<TopK> best(end - begin, TopK(kNeighbours));
          std::vector<float> dots((end - begin) * kBlock);
          for (std::size_t first = 0; first < rows_.rows(); first += kBlock) {
            const std::size_t count = std::min(kBlock, rows_.rows() - first);
            simd::active().dot_block(queries.row(0), queries.rows(),
                                     rows_.row(first), count, rows_.dim(),
                                     dots.data());
            for (std::size_t q = begin; q < end; ++q)
              for (std::size_t r = 0; r < count; ++r) {
                const Hit hit = {static_cast<std::uint32_t>(first + r),
                                 -dots[(q - begin) * count + r]};
                if (hit.row != row_of(q) && best[q - begin].would_take(hit))
                  best[q - begin].take(hit);
              }
          }
          for (std::size_t q = begin; q < end; ++q)
            neighbours_[q] = best[q - begin].sorted();
        });
  }

  /// Of a query to all rows, by the first `width` components.
  std::vector<std::int32_t> distances(
      std::size_t query, std::size_t width,
      const std::vector<std::uint32_t>& all) const {
    std::vector<std::int32_t> sums(all.size());
    std::vector<std::int32_t> more(all.size());
    for (std::size_t p = 0; p * kWidthStep < width; ++p) {
      const std::int8_t* codes = piece_codes(p);
      simd::active().l2sq_i8_rows(codes + row_of(query) * kWidthStep, codes,
                                  kWidthStep, all.data(), all.size(),
                                  more.data());
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
    }
    return sums;
  }

  std::size_t found_among(std::size_t query,
                          const std::vector<std::int32_t>& distances) const {
    std::vector<std::int32_t> others = distances;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(row_of(query)));
    const auto last = others.begin() + kCandidates - 1;
    std::nth_element(others.begin(), last, others.end());
    return static_cast<std::size_t>(std::count_if(
        neighbours_[query].begin(), neighbours_[query].end(),
        [&](const Hit& hit) { return distances[hit.row] <= *last; }));
  }

  Matrix rows_;
  std::size_t width_;
  unsigned threads_;
  std::size_t queries_;
  std::vector<std::int8_t> codes_;
  std::vector<Hits> neighbours_;
};

/// The narrowest projection that is good enough, if any.
std::optional<Reduction> fit_projection(const VectorSet& vectors,
                                        MatrixView analysed, unsigned threads) {
  const std::size_t max_width =
      std::min(kMaxWidth, vectors.dim() / 2 / kWidthStep * kWidthStep);
  if (max_width == 0 || vectors.rows() < kLeastRows) return std::nullopt;
  const Reduction wide =
      project(principal_components(analysed, max_width), analysed, threads);
  const Judge judge(spread_rows(vectors, kJudgedRows, threads), wide, threads);
  for (std::size_t width = kWidthStep; width <= max_width; width += kWidthStep)
    if (judge.found(width) >= kEnoughFound) return narrowed(wide, width);
  return std::nullopt;
}

}  // namespace

Reduction fit_reduction(const VectorSet& vectors, unsigned threads) {
  const Matrix analysed = spread_rows(vectors, kAnalysedRows, threads);
  std::optional<Reduction> projection =
      fit_projection(vectors, analysed.view(), threads);
  return projection ? *projection : keep_values(analysed.view());
}

}  // namespace imsearch
