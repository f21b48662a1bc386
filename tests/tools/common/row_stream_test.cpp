// Raw floats from what cannot be mapped: whole rows, in blocks, to the end.
#include "common/query_rows.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::TempDir;

namespace {

/// `count` floats: 0, 1, 2, …
std::string counting(std::size_t count) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(i));
  return std::string(reinterpret_cast<const char*>(values.data()), count * 4);
}

}  // namespace

TEST_CASE("a stream gives its rows in blocks and then nothing") {
  const TempDir dir;
  const std::size_t rows = RowStream::kMostRows + 1;
  RowStream stream(dir.write("rows", counting(rows * 3)), 3);
  const std::vector<float> first = stream.next();
  REQUIRE(first.size() == RowStream::kMostRows * 3);
  CHECK(first[7] == 7);
  const std::vector<float> last = stream.next();
  REQUIRE(last.size() == 3);
  CHECK(last[0] == RowStream::kMostRows * 3);
  CHECK(stream.next().empty());
  CHECK(stream.next().empty());
}

TEST_CASE("a partial last row is an error behind the whole ones") {
  const TempDir dir;
  const std::string path = dir.write("rows", counting(5));
  RowStream stream(path, 2);
  CHECK(stream.next() == std::vector<float>{0, 1, 2, 3});
  CHECK_THROWS_WITH_AS(
      stream.next(),
      (path + ": 4 bytes after row 2, a row of 2 floats has 8").c_str(), Error);
}

TEST_CASE("an empty stream has no rows") {
  const TempDir dir;
  CHECK(RowStream(dir.write("rows", ""), 2).next().empty());
}

TEST_SUITE_END();
