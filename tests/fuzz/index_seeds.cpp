// Writes what fuzz-index begins with, for the version of the index file that
// is being built:
//
//   index-seeds FOLDER
#include "fuzz/packed_index.h"
#include "index/build.h"
#include "index/deletions.h"
#include "index/reduction_fit.h"
#include "io/file.h"
#include "io/output_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;

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

void write_floats(const std::string& path, const std::vector<float>& floats) {
  OutputFile out(path);
  out.write(floats.data(), floats.size() * sizeof floats[0]);
  out.commit();
}

/// Every tenth row is a copy of the first, so that there are twins. Without its
/// vectors, which it would look for where the fuzzer runs.
void write_seed(const std::string& path, std::size_t rows, std::size_t dim,
                const std::vector<std::uint32_t>& deleted) {
  std::vector<float> floats = some_numbers(rows * dim);
  for (std::size_t row = 10; row < rows; row += 10)
    std::copy_n(floats.data(), dim, floats.data() + row * dim);
  const std::string vectors_path = path + ".bin";
  const std::string index_path = path + ".index";
  write_floats(vectors_path, floats);
  {
    const VectorSet vectors({vectors_path}, dim);
    Names names;
    for (std::size_t row = 0; row < rows; ++row)
      names.append("p" + std::to_string(row) + ".jpg");
    build_index(vectors, names, {}, {2, 8, 100}, fit_reduction(vectors, 1), 1,
                index_path, {});
  }
  if (!deleted.empty()) delete_from_index(Index(index_path), deleted);
  OutputFile out(path);
  out.write(test::pack_index(read_file(index_path)));
  out.commit();
  std::remove(vectors_path.c_str());
  std::remove(index_path.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  write_seed(folder + "rows_40", 40, 8, {});
  write_seed(folder + "deleted", 12, 3, {2, 11});
  write_seed(folder + "one_row", 1, 1, {});
  write_seed(folder + "empty", 0, 4, {});
}
