#include "fuzz/small_index.h"

#include "index/build.h"
#include "index/reduction_fit.h"
#include "io/output_file.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace imsearch::test {
namespace {

/// Numbers between -1 and 1 that are the same on every machine.
std::vector<float> some_numbers(std::size_t count) {
  std::vector<float> numbers;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < count; ++i) {
    state = state * 1664525 + 1013904223;
    numbers.push_back(static_cast<float>(static_cast<std::int32_t>(state)) *
                      0x1p-31F);
  }
  return numbers;
}

}  // namespace

void write_small_vectors(const std::string& path, std::size_t rows,
                         std::size_t dim) {
  std::vector<float> floats = some_numbers(rows * dim);
  for (std::size_t row = 10; row < rows; row += 10)
    std::copy_n(floats.data(), dim, floats.data() + row * dim);
  OutputFile out(path);
  out.write(floats.data(), floats.size() * sizeof floats[0]);
  out.commit();
}

void build_small_index(const std::string& vectors_path, std::size_t dim,
                       const std::string& index_path) {
  const VectorSet vectors({vectors_path}, dim);
  Names names;
  for (std::size_t row = 0; row < vectors.rows(); ++row)
    names.append("p" + std::to_string(row) + ".jpg");
  build_index(vectors, names, {}, {2, 8, 100}, fit_reduction(vectors, 1), 1,
              index_path, {});
}

}  // namespace imsearch::test
