#include "index/index_impl.h"
#include "index/reduction_fit.h"
#include "index/sample.h"
#include "index/sq8.h"
#include "simd/kernels.h"

#include <doctest/doctest.h>

#include <random>

using namespace imsearch;
using namespace imsearch::test;

namespace {

Reduction fitted(const Matrix& rows, unsigned threads = 2) {
  const TempDir folder;
  const VectorSet vectors({folder.write("v", raw_bytes(rows))}, rows.dim());
  return fit_reduction(vectors, threads);
}

std::vector<std::int8_t> coded(const Reduction& reduction, const float* unit) {
  std::vector<std::int8_t> code8(code_stride(reduction.dim));
  std::vector<std::int8_t> code(reduction.width);
  const float scale = encode_sq8(unit, reduction.dim, code8.data());
  reduction.view().encode(unit, code8.data(), scale, code.data());
  return code;
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("rows of few directions are projected, as narrowly as possible") {
    CHECK(fitted(rows_with(2000, 128, 20)).width == 64);
    const Reduction wider = fitted(rows_with(2000, 320, 110));
    CHECK(wider.width == 128);
    CHECK(wider.components.size() == 128 * 320);
  }

  TEST_CASE("isotropic, short and few rows keep their values") {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    Matrix isotropic(2000, 128);
    for (std::size_t i = 0; i < 2000; ++i)
      for (std::size_t j = 0; j < 128; ++j)
        isotropic.row(i)[j] = normal(random);
    for (const Reduction& reduction :
         {fitted(isotropic), fitted(rows_with(2000, 100, 4)),
          fitted(rows_with(500, 128, 4)), fitted(rows_with(2000, 1, 1))}) {
      CHECK(reduction.components.empty());
      CHECK(reduction.width == code_stride(reduction.dim));
    }
  }

  TEST_CASE("rows of very many values keep them, within bounded memory") {
    const Reduction reduction = fitted(rows_with(2000, 4160, 4));
    CHECK(reduction.components.empty());
    CHECK(reduction.width == 4160);
  }

  TEST_CASE("opposite rows of very many values are furthest apart") {
    constexpr std::size_t kDim = 65536;
    Matrix rows(3, kDim);
    std::mt19937 random(5);
    for (std::size_t i = 0; i < kDim; ++i) {
      rows.row(0)[i] = random() % 2 == 0 ? 1.0F : -1.0F;
      rows.row(1)[i] = -rows.row(0)[i];
      rows.row(2)[i] = i % 2 == 0 ? 1.0F : -1.0F;
    }
    const Reduction reduction = fitted(rows);
    const Matrix units = unit_rows(rows);
    const auto apart = [&](std::size_t a, std::size_t b) {
      return simd::active().l2sq_i8(coded(reduction, units.row(a)).data(),
                                    coded(reduction, units.row(b)).data(),
                                    reduction.width);
    };
    CHECK(apart(0, 2) > 0);
    CHECK(apart(0, 1) > apart(0, 2));
  }

  TEST_CASE("near copies, which any codes find, do not make codes narrower") {
    const Matrix originals = rows_with(3000, 192, 100);
    REQUIRE(fitted(originals).components.empty());
    Matrix copies(14 * originals.rows(), 192);
    std::mt19937 random(4);
    std::normal_distribution<float> normal;
    for (std::size_t i = 0; i < copies.rows(); ++i)
      for (std::size_t j = 0; j < 192; ++j)
        copies.row(i)[j] = originals.row(i / 14)[j] + 0.1F * normal(random);
    CHECK(fitted(copies).components.empty());
  }

  TEST_CASE("the distance of codes follows that of the vectors") {
    const Matrix rows = rows_with(2000, 128, 20);
    const Matrix units = unit_rows(rows);
    const Reduction reduction = fitted(rows);
    // Both have the same step, which shows in the distance of any two rows.
    double least = 1e9;
    double most = 0;
    for (std::size_t i = 1; i < 200; ++i) {
      const auto a = coded(reduction, units.row(0));
      const auto b = coded(reduction, units.row(i));
      const double ratio =
          simd::active().l2sq_i8(a.data(), b.data(), reduction.width) /
          double{exact_l2sq(units.row(0), units.row(i), 128)};
      least = std::min(least, ratio);
      most = std::max(most, ratio);
    }
    CHECK(most / least < 1.1);
  }

  TEST_CASE("the fit is the same for any number of threads") {
    const Matrix rows = rows_with(2000, 128, 20);
    const Reduction one = fitted(rows, 1);
    const Reduction three = fitted(rows, 3);
    CHECK(one.components == three.components);
    CHECK(one.factors == three.factors);
    CHECK(one.offsets == three.offsets);
  }

  TEST_CASE("equal rows and zero rows can be coded") {
    const Matrix zeros(2000, 128);
    const Reduction reduction = fitted(zeros);
    CHECK(coded(reduction, zeros.row(0)) ==
          std::vector<std::int8_t>(reduction.width));
  }

  TEST_CASE("searches on projected codes find nearly all") {
    const Sample sample(rows_with(3000, 128, 20), {16, 100, 1});
    const Index index(sample.index_path);
    REQUIRE(index.impl().reduction.projects);
    // What follows the indexed rows in the same distribution.
    const Matrix more = unit_rows(rows_with(3100, 128, 20));
    Matrix queries(100, 128);
    for (std::size_t q = 0; q < 100; ++q)
      std::copy_n(more.row(3000 + q), 128, queries.row(q));
    CHECK(recall(index, sample.vectors, queries, {10, 64}) >= 0.99);
  }
}
