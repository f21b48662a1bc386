// Small indexes of random vectors, for tests.
#pragma once

#include "base/matrix.h"
#include "base/search.h"
#include "index/build.h"
#include "index/flat.h"
#include "index/index.h"
#include "support/temp_dir.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch::test {

/// rows x dim values of a low intrinsic dimension, as features have; some are
/// negative.
Matrix random_rows(std::size_t rows, std::size_t dim, unsigned seed);

/// Rows that mostly vary in `latent` directions, around a mean that is not 0:
/// enough of them are projected.
Matrix rows_with(std::size_t rows, std::size_t dim, std::size_t latent);

/// The same rows, normalised.
Matrix unit_rows(const Matrix& rows);

/// The bytes of a fvecs.bin.
std::string raw_bytes(const Matrix& rows);

/// "row 0", "row 1", ...
Names numbered_names(std::size_t rows);

/// build_index() with the reduction that suits the vectors.
void fit_and_build(const VectorSet& vectors, const Names& names,
                   const ModelIdentity& model, const HnswParams& params,
                   unsigned threads, const std::string& path,
                   const OnProgress& on_progress);

/// Makes a file last modified at one time that never changes: the time of its
/// vectors is part of an index, and tests compare indexes byte by byte. Gives
/// the path.
std::string with_fixed_time(const std::string& path);

/// A folder with fvecs.bin, of a fixed time, and an index of it.
struct Sample {
  explicit Sample(const Matrix& rows, const HnswParams& params = {},
                  unsigned threads = 1);

  TempDir folder;
  std::string vectors_path;
  std::string index_path;
  VectorSet vectors;
};

/// The share of the k nearest rows of each query that the index finds, at a
/// distance of at most the k-th true one + 1e-6.
double recall(const Index& index, const VectorSet& vectors,
              const Matrix& queries, const SearchParams& params);

/// The text of the Error that opening, or else verifying, the index throws;
/// empty if neither does.
std::string complaint_about(const std::string& index_path);

}  // namespace imsearch::test
