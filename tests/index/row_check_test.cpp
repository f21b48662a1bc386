// Rows are told apart from those that were indexed: fault 2.
#include "index/row_check.h"
#include "index/searcher.h"

#include "index/index_impl.h"
#include "index/sample.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

using namespace imsearch;
using namespace imsearch::test;

namespace {

/// Writes `values` over that row of the file.
void put(const Sample& sample, std::size_t row,
         const std::vector<float>& values) {
  std::fstream file(sample.vectors_path,
                    std::ios::binary | std::ios::in | std::ios::out);
  const std::size_t bytes = values.size() * sizeof(float);
  file.seekp(static_cast<std::streamoff>(row * bytes));
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(bytes));
}

std::optional<std::uint32_t> first_changed(const Sample& sample,
                                           unsigned threads) {
  const Index index(sample.index_path);
  return first_changed_row(VectorSet({sample.vectors_path}, index.dim()),
                           index.impl().certified(), threads);
}

std::vector<float> unit_of(const Sample& sample, std::size_t row) {
  std::vector<float> unit(sample.vectors.dim());
  sample.vectors.read_unit(row, unit.data());
  return unit;
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("fault 2: unchanged rows are within their bounds, others are not") {
    for (const std::size_t dim : {1U, 5U, 64U, 192U, 1280U}) {
      CAPTURE(dim);
      Matrix rows = rows_with(2100, dim, 30);
      std::fill_n(rows.row(7), dim, 0.0F);
      const Sample sample(rows, {4, 8, 100}, 3);
      CHECK_FALSE(first_changed(sample, 1));
      CHECK_FALSE(first_changed(sample, 3));
      // Every unit vector of one value is 1 or -1.
      std::vector<float> other = unit_of(sample, 1900);
      for (float& value : other) value = -value;
      put(sample, 1900, other);
      CHECK(first_changed(sample, 3) == 1900U);
      put(sample, 1001, unit_of(sample, 7));
      CHECK(first_changed(sample, 3) == 1001U);
      put(sample, 7, unit_of(sample, 8));
      CHECK(first_changed(sample, 1) == 7U);
      put(sample, 5, std::vector<float>(dim, NAN));
      CHECK(first_changed(sample, 3) == 5U);
    }
  }

  TEST_CASE("fault 2: a change by a hundredth is found in a long row") {
    const Sample sample(rows_with(2100, 1280, 30), {4, 8, 100}, 3);
    std::vector<float> unit = unit_of(sample, 500);
    // At right angles to the row, so that it changes nothing else.
    for (std::size_t i = 0; i + 1 < unit.size(); i += 2) {
      const float first = unit[i];
      unit[i] += 0.01F * unit[i + 1];
      unit[i + 1] -= 0.01F * first;
    }
    put(sample, 500, unit);
    CHECK(first_changed(sample, 1) == 500U);
  }

  TEST_CASE("fault 2: exact search checks what was modified, once") {
    const Sample sample(random_rows(3000, 16, 1), {8, 16, 100});
    const std::vector<float> query = unit_of(sample, 2000);
    const Index index(sample.index_path);
    Searcher searcher(index);
    CHECK(searcher.search_exactly(query.data(), 1)[0].row == 2000);
    const std::vector<float> kept = unit_of(sample, 1234);
    put(sample, 1234, query);
    // No answer without all rows: this is not an error of one query.
    const std::string why = sample.vectors_path + ": row 1234 (row 1234): ";
    const Index opened(sample.index_path);
    Searcher later(opened);
    for (Searcher* each : {&searcher, &later, &later}) try {
        each->search_exactly(query.data(), 1);
        CHECK(false);
      } catch (const RowError&) {
        CHECK(false);
      } catch (const Error& e) {
        CHECK(std::string(e.what()).rfind(why, 0) == 0);
      }
    put(sample, 1234, kept);
    CHECK(searcher.search_exactly(query.data(), 2) ==
          Searcher(Index(sample.index_path)).search_exactly(query.data(), 2));
  }

  TEST_CASE("fault 2: a row that is read is compared with its code") {
    const Sample sample(random_rows(3000, 16, 1), {8, 16, 100});
    const Index index(sample.index_path);
    std::vector<float> unit(16);
    CHECK_NOTHROW(index.read_unit(1234, unit.data()));
    put(sample, 1234, unit_of(sample, 2000));
    const std::string why =
        sample.vectors_path + ": row 1234 (row 1234): changed since " +
        sample.index_path +
        " was built: build the index again, or put the old vectors back";
    // The code may be what changed, unless all sums were compared before.
    CHECK_THROWS_WITH_AS(
        index.read_unit(1234, unit.data()),
        (why + "; or the index is damaged: build-index --verify tells").c_str(),
        RowError);
    CHECK_THROWS_WITH_AS(index.check_rows(3), why.c_str(), Error);
  }
}
