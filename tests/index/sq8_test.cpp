#include "index/sq8.h"
#include "index/sample.h"
#include "simd/kernels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace imsearch;
using namespace imsearch::test;

TEST_SUITE("index") {
  TEST_CASE("a code times its scale is a unit vector near the coded one") {
    for (const std::size_t dim : {1U, 2U, 63U, 64U, 65U, 1280U}) {
      CAPTURE(dim);
      const Matrix units = unit_rows(random_rows(5, dim, 1));
      std::vector<std::int8_t> code(code_stride(dim), 99);
      std::vector<float> decoded(dim);
      for (std::size_t r = 0; r < 5; ++r) {
        const float scale = encode_sq8(units.row(r), dim, code.data());
        decode_sq8(code.data(), scale, dim, decoded.data());
        CHECK(exact_l2sq(units.row(r), decoded.data(), dim) < 1e-3F);
        const auto dot = simd::active().dot;
        CHECK(dot(decoded.data(), decoded.data(), dim) == doctest::Approx(1));
        for (std::size_t i = dim; i < code.size(); ++i) CHECK(code[i] == 0);
        CHECK(std::count(code.begin(), code.end(), -128) == 0);
      }
    }
  }

  TEST_CASE("a zero row has a zero code and scale 0") {
    const std::vector<float> zeros(70);
    std::vector<std::int8_t> code(code_stride(70), 99);
    CHECK(encode_sq8(zeros.data(), 70, code.data()) == 0);
    CHECK(std::count(code.begin(), code.end(), 0) == 128);
    std::vector<float> decoded(70, 1);
    decode_sq8(code.data(), 0, 70, decoded.data());
    CHECK(decoded == zeros);
  }

  TEST_CASE("coded distances are near the true ones") {
    const Matrix units = unit_rows(random_rows(20, 70, 1));
    std::vector<std::int8_t> a(code_stride(70));
    std::vector<std::int8_t> b(code_stride(70));
    for (std::size_t r = 0; r + 1 < 20; ++r) {
      const float scale_a = encode_sq8(units.row(r), 70, a.data());
      const float scale_b = encode_sq8(units.row(r + 1), 70, b.data());
      const auto dot_i8 = simd::active().dot_i8;
      const float l2sq =
          coded_l2sq(dot_i8(a.data(), b.data(), a.size()), scale_a, scale_b);
      CHECK(std::fabs(l2sq - exact_l2sq(units.row(r), units.row(r + 1), 70)) <
            0.03F);
      CHECK(std::fabs(coded_l2sq(dot_i8(a.data(), a.data(), a.size()), scale_a,
                                 scale_a)) < 1e-6F);
      CHECK(coded_l2sq(0, scale_a, 0) == 1);
      CHECK(coded_l2sq(0, 0, 0) == 0);
    }
  }
}
