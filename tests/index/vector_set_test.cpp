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

  TEST_CASE("a fingerprint notices another size, first, last or middle row") {
    const TempDir folder;
    const Matrix rows = random_rows(300, 4, 1);
    const std::string path = folder.write("a.bin", raw_bytes(rows));
    const Fingerprint before = fingerprint(VectorFile(path, 4));
    CHECK(fingerprint(VectorFile(folder.write("b.bin", raw_bytes(rows)), 4)) ==
          before);
    for (const std::size_t row : {std::size_t{0}, std::size_t{299}}) {
      Matrix other = rows;
      other.row(row)[0] += 1;
      const std::string copy = folder.write("c.bin", raw_bytes(other));
      CHECK_FALSE(fingerprint(VectorFile(copy, 4)) == before);
    }
    const std::string longer = folder.write(
        "d.bin", raw_bytes(rows) + raw_bytes(random_rows(1, 4, 2)));
    CHECK_FALSE(fingerprint(VectorFile(longer, 4)) == before);
    const std::string shifted = folder.write(
        "e.bin", raw_bytes(rows).substr(16) + raw_bytes(rows).substr(0, 16));
    CHECK_FALSE(fingerprint(VectorFile(shifted, 4)) == before);
  }

  TEST_CASE("files of one row and of none have fingerprints") {
    const TempDir folder;
    const std::string one =
        folder.write("a.bin", raw_bytes(random_rows(1, 4, 1)));
    const std::string none = folder.write("b.bin", "");
    CHECK(fingerprint(VectorFile(one, 4)).size_bytes == 16);
    CHECK(fingerprint(VectorFile(none, 4)).size_bytes == 0);
    CHECK_FALSE(fingerprint(VectorFile(one, 4)) ==
                fingerprint(VectorFile(none, 4)));
  }
}
