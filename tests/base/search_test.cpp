#include "base/search.h"

#include "base/matrix.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace imsearch;

TEST_SUITE("base") {
  TEST_CASE("similarity is 1 minus half the squared distance") {
    CHECK(Hit{0, 0.0F}.similarity() == 1.0F);
    CHECK(Hit{0, 2.0F}.similarity() == 0.0F);
    CHECK(Hit{0, 4.0F}.similarity() == -1.0F);
  }

  TEST_CASE("hits sort by distance, then by row") {
    Hits hits = {{7, 0.5F}, {3, 0.5F}, {9, 0.25F}};
    std::sort(hits.begin(), hits.end());
    CHECK(hits == Hits{{9, 0.25F}, {3, 0.5F}, {7, 0.5F}});
  }

  TEST_CASE("a matrix starts at zero and its view sees its rows") {
    Matrix matrix(2, 3);
    CHECK(std::count(matrix.row(0), matrix.row(0) + 6, 0.0F) == 6);
    matrix.row(1)[2] = 5.0F;
    const MatrixView view = matrix.view();
    CHECK(view.rows == 2);
    CHECK(view.dim == 3);
    CHECK(view.row(1)[2] == 5.0F);
    CHECK(view.row(1) == view.data + 3);
  }
}
