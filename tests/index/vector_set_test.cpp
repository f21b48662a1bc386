#include "index/vector_set.h"
#include "base/error.h"
#include "index/sample.h"
#include "simd/kernels.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace imsearch;
using namespace imsearch::test;

TEST_SUITE("index") {
  TEST_CASE("normalising divides by the length and keeps zero rows") {
    const float row[3] = {3, 0, -4};
    float unit[3] = {};
    CHECK(normalize(row, 3, unit));
    CHECK(unit[0] == doctest::Approx(0.6));
    CHECK(unit[1] == 0);
    CHECK(unit[2] == doctest::Approx(-0.8));
    const float zeros[3] = {};
    CHECK(normalize(zeros, 3, unit));
    CHECK((unit[0] == 0 && unit[1] == 0 && unit[2] == 0));
  }

  TEST_CASE("normalising in place gives the same bits") {
    const Matrix rows = random_rows(5, 70, 1);
    const Matrix units = unit_rows(rows);
    for (std::size_t r = 0; r < 5; ++r) {
      std::vector<float> row(rows.row(r), rows.row(r) + 70);
      CHECK(normalize(row.data(), 70, row.data()));
      CHECK(std::equal(row.begin(), row.end(), units.row(r)));
    }
  }

  TEST_CASE(
      "rows whose squares overflow or vanish are normalised all the same") {
    for (const float scale : {1e-42F, 1e-25F, 1e-16F, 1e16F, 1e25F, 5e37F}) {
      CAPTURE(scale);
      const float row[2] = {3 * scale, 4 * scale};
      float unit[2] = {};
      CHECK(normalize(row, 2, unit));
      // Denormal values are only known to some 0.1 %.
      CHECK(unit[0] == doctest::Approx(0.6).epsilon(0.001));
      CHECK(unit[1] == doctest::Approx(0.8).epsilon(0.001));
    }
  }

  TEST_CASE("NaN and infinity are not normalised") {
    float out[2] = {};
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()}) {
      const float first[2] = {bad, 1};
      const float last[2] = {1, bad};
      CHECK_FALSE(normalize(first, 2, out));
      CHECK_FALSE(normalize(last, 2, out));
    }
  }

  TEST_CASE("several files are one set, row after row") {
    const TempDir folder;
    const Matrix a = random_rows(3, 4, 1);
    const Matrix b = random_rows(2, 4, 2);
    const VectorSet set(
        {folder.write("a.bin", raw_bytes(a)), folder.write("empty.bin", ""),
         folder.write("b.bin", raw_bytes(b))},
        4);
    CHECK(set.rows() == 5);
    CHECK(set.dim() == 4);
    const Matrix units_a = unit_rows(a);
    const Matrix units_b = unit_rows(b);
    std::vector<float> unit(4);
    for (std::size_t r = 0; r < 5; ++r) {
      set.read_unit(r, unit.data());
      const float* expected = r < 3 ? units_a.row(r) : units_b.row(r - 3);
      CHECK(std::equal(unit.begin(), unit.end(), expected));
    }
  }

  TEST_CASE("a row with NaN is an error that names file and row") {
    const TempDir folder;
    Matrix rows = random_rows(3, 4, 1);
    rows.row(1)[2] = std::numeric_limits<float>::quiet_NaN();
    const std::string good =
        folder.write("a.bin", raw_bytes(random_rows(2, 4, 2)));
    const std::string bad = folder.write("b.bin", raw_bytes(rows));
    const VectorSet set({good, bad}, 4);
    std::vector<float> unit(4);
    CHECK_NOTHROW(set.read_unit(2, unit.data()));
    CHECK_THROWS_WITH_AS(set.read_unit(3, unit.data()),
                         (bad + ": row 1: NaN or infinity").c_str(), Error);
  }

  TEST_CASE("a fingerprint notices another first, last or middle row") {
    const TempDir folder;
    const Matrix rows = random_rows(300, 4, 1);
    const auto of_bytes = [&](const std::string& bytes, std::size_t count) {
      return fingerprint(VectorFile(folder.write("a.bin", bytes), 4), count);
    };
    const std::string bytes = raw_bytes(rows);
    const std::uint64_t before = of_bytes(bytes, 300);
    CHECK(of_bytes(bytes, 300) == before);
    for (const std::size_t row : {std::size_t{0}, std::size_t{299}}) {
      Matrix other = rows;
      other.row(row)[0] += 1;
      CHECK_FALSE(of_bytes(raw_bytes(other), 300) == before);
    }
    CHECK_FALSE(of_bytes(bytes.substr(16) + bytes.substr(0, 16), 300) ==
                before);
    // A file that has grown is known by the rows that it had.
    const std::string longer = bytes + raw_bytes(random_rows(7, 4, 2));
    CHECK(of_bytes(longer, 300) == before);
    CHECK_FALSE(of_bytes(longer, 307) == before);
  }

  TEST_CASE("files of one row and of none have fingerprints") {
    const TempDir folder;
    const std::string one =
        folder.write("a.bin", raw_bytes(random_rows(1, 4, 1)));
    const std::string none = folder.write("b.bin", "");
    CHECK_FALSE(fingerprint(VectorFile(one, 4), 1) ==
                fingerprint(VectorFile(none, 4), 0));
  }
}
