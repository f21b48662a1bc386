#include "index/sample.h"
#include "index/searcher.h"

#include "index/reduction_fit.h"

#include "base/error.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>

namespace imsearch::test {

Matrix random_rows(std::size_t rows, std::size_t dim, unsigned seed) {
  constexpr std::size_t kMaxLatent = 8;
  const std::size_t latent = std::min(dim, kMaxLatent);
  std::normal_distribution<float> normal;
  std::mt19937 of_space(12345);  // one space for rows and queries of a dim
  std::vector<float> weights(latent * dim);
  for (float& weight : weights) weight = normal(of_space);
  std::mt19937 of_rows(seed);
  Matrix result(rows, dim);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < latent; ++l) {
      const float factor = normal(of_rows);
      for (std::size_t i = 0; i < dim; ++i)
        result.row(r)[i] += factor * weights[l * dim + i];
    }
  return result;
}

Matrix rows_with(std::size_t count, std::size_t dim, std::size_t latent) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  Matrix directions(latent, dim);
  for (std::size_t l = 0; l < latent; ++l)
    for (std::size_t j = 0; j < dim; ++j) directions.row(l)[j] = normal(random);
  Matrix rows(count, dim);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t l = 0; l < latent; ++l) {
      const float weight = normal(random);
      for (std::size_t j = 0; j < dim; ++j)
        rows.row(i)[j] += weight * directions.row(l)[j];
    }
    for (std::size_t j = 0; j < dim; ++j)
      rows.row(i)[j] += 1 + 0.05F * normal(random);
  }
  return rows;
}

Matrix unit_rows(const Matrix& rows) {
  Matrix units(rows.rows(), rows.dim());
  for (std::size_t r = 0; r < rows.rows(); ++r)
    normalize(rows.row(r), rows.dim(), units.row(r));
  return units;
}

std::string raw_bytes(const Matrix& rows) {
  return {reinterpret_cast<const char*>(rows.row(0)),
          rows.rows() * rows.dim() * sizeof(float)};
}

Names numbered_names(std::size_t rows) {
  Names names;
  for (std::size_t r = 0; r < rows; ++r) names.append(fmt::format("row {}", r));
  return names;
}

void fit_and_build(const VectorSet& vectors, const Names& names,
                   const ModelIdentity& model, const HnswParams& params,
                   unsigned threads, const std::string& path,
                   const OnProgress& on_progress) {
  build_index(vectors, names, model, params, fit_reduction(vectors, threads),
              threads, path, on_progress);
}

std::string with_fixed_time(const std::string& path) {
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type(std::chrono::hours(24)));
  return path;
}

Sample::Sample(const Matrix& rows, const HnswParams& params, unsigned threads)
    : vectors_path(with_fixed_time(folder.write("fvecs.bin", raw_bytes(rows)))),
      index_path(folder / "fvecs.bin.hnsw.index"),
      vectors({vectors_path}, rows.dim()) {
  fit_and_build(vectors, numbered_names(rows.rows()), {}, params, threads,
                index_path, {});
}

double recall(const Index& index, const VectorSet& vectors,
              const Matrix& queries, const SearchParams& params) {
  const auto truth = search_flat(vectors, queries.view(), params.k, 1);
  Searcher searcher(index);
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    wanted += truth[q].size();
    for (const Hit& hit : searcher.search(queries.row(q), params))
      found += hit.l2sq <= truth[q].back().l2sq + 1e-6F ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(wanted);
}

std::string complaint_about(const std::string& index_path) {
  try {
    Index(index_path).verify();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace imsearch::test
