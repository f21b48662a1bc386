// compare-rows A B DIM MAX_DIFFERENCE MIN_COSINE
//
// Compares two files of rows of DIM floats. Prints how many there are, the
// largest difference of two values and the smallest cosine of two rows, tab-
// separated under a header; fails if these exceed the limits.
#include "base/error.h"
#include "io/fvecs.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace imsearch;

struct Agreement {
  double largest_difference = 0;
  double smallest_cosine = 1;
};

void compare(const float* a, const float* b, std::size_t dim,
             Agreement& agreement) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < dim; ++i) {
    const double x = a[i];
    const double y = b[i];
    ab += x * y;
    aa += x * x;
    bb += y * y;
    // NaN must not pass for agreement.
    const double difference = std::abs(x - y);
    if (!(difference <= agreement.largest_difference))
      agreement.largest_difference = difference;
  }
  const double cosine = ab / std::sqrt(aa * bb);
  if (!(cosine >= agreement.smallest_cosine))
    agreement.smallest_cosine = cosine;
}

Agreement compare(const VectorFile& a, const VectorFile& b) {
  if (a.rows() != b.rows() || a.rows() == 0)
    fail("{} has {} rows, {} has {}", a.path(), a.rows(), b.path(), b.rows());
  Agreement agreement;
  std::vector<float> scratch_a(a.dim());
  std::vector<float> scratch_b(b.dim());
  for (std::size_t i = 0; i < a.rows(); ++i)
    compare(a.row(i, scratch_a.data()), b.row(i, scratch_b.data()), a.dim(),
            agreement);
  return agreement;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 5)
    fail("usage: compare-rows A B DIM MAX_DIFFERENCE MIN_COSINE");
  const std::size_t dim = std::stoul(arguments[2]);
  const VectorFile a(arguments[0], dim);
  const VectorFile b(arguments[1], dim);
  const Agreement agreement = compare(a, b);
  fmt::print("rows\tlargest_difference\tsmallest_cosine\n{}\t{:.2e}\t{:.9f}\n",
             a.rows(), agreement.largest_difference, agreement.smallest_cosine);
  const bool agree = agreement.largest_difference <= std::stod(arguments[3]) &&
                     agreement.smallest_cosine >= std::stod(arguments[4]);
  return agree ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    fmt::print(stderr, "compare-rows: {}\n", e.what());
    return 1;
  }
}
