// distance-loop codes|floats N COUNT: computes COUNT distances of N values
// each, of 8-bit codes or of floats, by the table that IMSEARCH_SIMD names.
// Under an emulator that counts instructions, two runs with different counts
// tell what one distance costs (scripts/check/arm64.sh). Prints a sum of them,
// so that they cannot be left out.
#include "simd/kernels.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace imsearch;

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const bool codes = argv[1] == std::string("codes");
  const auto n = static_cast<std::size_t>(std::atoi(argv[2]));
  const auto count = static_cast<std::size_t>(std::atoi(argv[3]));
  // All rows are the same one: only their number matters here.
  const std::vector<std::uint32_t> rows(count, 1);
  const std::vector<std::int8_t> bytes(2 * n, 3);
  const std::vector<float> floats(n, 0.5F);
  const simd::Kernels& kernels = simd::active();
  double sum = 0;
  if (codes) {
    std::vector<std::int32_t> out(count);
    kernels.l2sq_i8_rows(bytes.data(), bytes.data(), n, n, rows.data(), count,
                         out.data());
    sum = out.back();
  } else {
    for (std::size_t i = 0; i < count; ++i)
      sum += static_cast<double>(kernels.dot(floats.data(), floats.data(), n));
  }
  std::printf("%g\n", sum);
  return 0;
}
